/**
 * `npm run bench:engine`: the engine against its peers on one server that answers at once, in turn, the median of several
 * rounds. Ratios are what to keep: absolute figures are those of the machine and of what else runs on it.
 * This file is also what the bench's child processes start from, with their role as the first argument.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { publish } from '../document.ts'
import { burstiness, median } from './arrival-figures.ts'
import { runAutocannon } from './autocannon-peer.ts'
import { runNullServer } from './null-server.ts'
import { NullServerHandle, replyOf } from './null-server-handle.ts'
import { runOurEngine, runOurTransport } from './our-peers.ts'
import type { PeerFigures, PeerLoad, PeerRole } from './peer.ts'
import { isInstalled, runWrk } from './wrk-peer.ts'

const ROUNDS = 5
const DURATION_MS = 3_000
const RATE_PER_SEC = 12_800
const HIGH_RATE_PER_SEC = 80_000
const CONNECTIONS = 128

interface Contestant {
  readonly name: string
  readonly ratePerSec: number | null
  readonly run: (load: PeerLoad) => Promise<PeerFigures>
}

interface Round extends PeerFigures {
  readonly burstiness: number
}

const inChild =
  (role: PeerRole) =>
  async (load: PeerLoad): Promise<PeerFigures> => {
    const child = fork(fileURLToPath(import.meta.url), [role])
    const exited = once(child, 'exit')
    child.send(load)
    const figures = await replyOf<PeerFigures>(child).finally(() => child.disconnect())
    // Its CPU is counted among that of our children when it has ended, and must not be taken for the next one's.
    await exited
    return figures
  }

function contestants(): Contestant[] {
  const wrk = isInstalled('wrk')
    ? [{ name: 'wrk', ratePerSec: null, run: (load: PeerLoad) => runWrk('wrk', load) }]
    : []
  const wrk2 = isInstalled('wrk2')
    ? [{ name: 'wrk2', ratePerSec: RATE_PER_SEC, run: (load: PeerLoad) => runWrk('wrk2', load) }]
    : []
  return [
    { name: 'doorbuster', ratePerSec: RATE_PER_SEC, run: inChild('ours') },
    { name: 'doorbuster, 1 ms timer', ratePerSec: RATE_PER_SEC, run: inChild('ours-timer') },
    { name: 'autocannon -R', ratePerSec: RATE_PER_SEC, run: inChild('autocannon') },
    ...wrk2,
    { name: 'doorbuster', ratePerSec: HIGH_RATE_PER_SEC, run: inChild('ours') },
    { name: 'doorbuster sockets', ratePerSec: null, run: inChild('ours-closed') },
    { name: 'autocannon', ratePerSec: null, run: inChild('autocannon') },
    ...wrk,
  ]
}

async function compare(): Promise<void> {
  const server = await NullServerHandle.start(fileURLToPath(import.meta.url))
  try {
    const all = contestants()
    const rounds = all.map((): Round[] => [])
    for (let round = 1; round <= ROUNDS; round++) {
      process.stderr.write(`round ${round} of ${ROUNDS}\n`)
      for (const [i, contestant] of all.entries()) rounds[i]!.push(await runRound(contestant, server))
    }
    await publish('engine', tableOf(all, rounds), { write: process.argv.includes('--write') })
  } finally {
    server.stop()
  }
}

async function runRound({ run, ratePerSec }: Contestant, server: NullServerHandle): Promise<Round> {
  await server.restart()
  const figures = await run({ url: server.url, ratePerSec, connections: CONNECTIONS, durationMs: DURATION_MS })
  const cells = await server.lastCells(DURATION_MS)
  return { ...figures, burstiness: ratePerSec === null ? Number.NaN : burstiness(cells) }
}

const COLUMNS = ['', 'asked/s', 'reached/s', 'CPU us/req', 'of ours', 'burstiness', 'late p50', 'late p99 ms'] as const

/** `of ours`: the peer's CPU a request over ours in the same kind of loop, the median of the rounds' own ratios. */
function tableOf(all: readonly Contestant[], rounds: readonly Round[][]): string {
  const rows = all.map(({ name, ratePerSec }, i) => {
    const own = rounds[i]!
    const reference = rounds[all.findIndex((other) => other.ratePerSec === ratePerSec)]!
    const figure = (of: (round: Round) => number): number => median(own.map(of))
    return [
      name,
      ratePerSec === null ? 'closed' : String(ratePerSec),
      figure(({ completed, elapsedMs }) => (completed / elapsedMs) * 1000).toFixed(0),
      figure(cpuUsPerRequest).toFixed(1),
      median(own.map((round, at) => cpuUsPerRequest(round) / cpuUsPerRequest(reference[at]!))).toFixed(2),
      number(figure((round) => round.burstiness)),
      number(figure(({ latenessMs }) => latenessMs?.p50 ?? Number.NaN)),
      number(figure(({ latenessMs }) => latenessMs?.p99 ?? Number.NaN)),
    ]
  })
  const table = [[...COLUMNS], ...rows]
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table.map((row) => row.map((cell, column) => pad(cell, widths[column]!, column)).join('  ')).join('\n')
}

function cpuUsPerRequest({ cpuSeconds, completed }: PeerFigures): number {
  return (cpuSeconds / completed) * 1e6
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

function number(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(2)
}

const CHILD_RUNS: Readonly<Record<PeerRole, (load: PeerLoad) => Promise<PeerFigures>>> = {
  ours: (load) => runOurEngine(load, { from: 'thread', tickMs: 0.5 }),
  'ours-timer': (load) => runOurEngine(load, { from: 'timer' }),
  'ours-closed': runOurTransport,
  autocannon: runAutocannon,
}

function runChild(role: PeerRole): void {
  process.once('message', (load: PeerLoad) => {
    void CHILD_RUNS[role](load).then((figures) => process.send!(figures))
  })
}

const role = process.argv[2]
if (role === 'null-server') runNullServer()
else if (role !== undefined && Object.hasOwn(CHILD_RUNS, role)) runChild(role as PeerRole)
else await compare()
