/**
 * `npm run bench:watch`: ten million lines through `doorbuster watch`: what memory it holds after one million and after ten,
 * and how many lines it judges in a second of CPU and of time. Lines are made here and piped in.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatCount } from '../../core/units.ts'
import { publish } from '../document.ts'
import { MadeStream } from './made-stream.ts'

const BINARY = fileURLToPath(new URL('../../../../bin/doorbuster.js', import.meta.url))
const LINES_A_WRITE = 500
const STOCK = 200_000
const LOOKS = [1_000_000, 2_000_000, 5_000_000, 10_000_000]
const TICKS_PER_SECOND = 100

interface Look {
  readonly lines: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly rssBytes: number
}

async function measure(): Promise<void> {
  const child = spawn(
    process.execPath,
    [BINARY, 'watch', '--initial-stock', String(STOCK), '--per-user-limit', '100'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const printed: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk))
  const stream = new MadeStream(7, STOCK)
  const beganAtMs = performance.now()
  const looks: Look[] = []
  let lines = 0
  for (const until of LOOKS) {
    for (; lines < until; lines += LINES_A_WRITE) {
      let text = ''
      for (let i = 0; i < LINES_A_WRITE; i++) text += `${stream.next()}\n`
      if (!child.stdin.write(text)) await once(child.stdin, 'drain')
    }
    looks.push({ lines, seconds: (performance.now() - beganAtMs) / 1_000, ...useOf(child.pid!) })
  }
  child.stdin.end()
  const [exitCode] = (await once(child, 'close')) as [number]
  const ending = `${Buffer.concat(printed).toString().trim().split('\n').at(-1)!}, exit ${exitCode}`
  await publish('watch', report(looks, ending), { write: process.argv.includes('--write') })
}

function useOf(pid: number): Pick<Look, 'cpuSeconds' | 'rssBytes'> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const rssKib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssBytes: Number(rssKib) * 1024 }
}

function report(looks: readonly Look[], ending: string): string {
  const rows = looks.map(({ lines, seconds, cpuSeconds, rssBytes }) =>
    [
      formatCount(lines).padStart(12),
      `${formatCount(rssBytes / 2 ** 20)} MiB`.padStart(10),
      `${formatCount(lines / cpuSeconds)}/s`.padStart(14),
      `${formatCount(lines / seconds)}/s`.padStart(14),
    ].join(''),
  )
  const head = `${'lines'.padStart(12)}${'resident'.padStart(10)}${'a CPU second'.padStart(14)}${'a second'.padStart(14)}`
  return [head, ...rows, ending, ''].join('\n')
}

await measure()
