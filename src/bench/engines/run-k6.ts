/**
 * k6 without what the engine asks of it, so that each part has its price: our script with no line a request, and a script
 * of five lines that sends the same body over and over.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_IDENTITIES } from '../../core/buyer-protocol.ts'
import { REFERENCE_PROTOCOL } from '../../core/reference-protocol.ts'
import { findK6 } from '../../load/k6/find-k6.ts'
import { parseHistoryLine } from '../../load/k6/history-line.ts'
import { k6Arguments, k6Environment } from '../../load/k6/k6-environment.ts'
import { K6Process } from '../../load/k6/k6-process.ts'
import { ProcessorUse } from '../../load/k6/processor-use.ts'
import { VARIABLES } from '../../load/k6/script/environment-names.ts'
import { executorOf } from '../../load/k6/script/executor.ts'
import { k6Script } from '../../load/k6/script/script.ts'
import { StartGate } from '../../load/k6/start-gate.ts'
import { uniformBuys } from '../engine/uniform-buys.ts'
import type { EngineFigures, EngineLoad } from './contestant.ts'
import { TIMEOUT_MS } from './run-engine.ts'

const LOOK_EVERY_MS = 50

/** The engine's script, less the line that it writes for a request. */
export function k6WithoutHistory(load: EngineLoad): Promise<EngineFigures> {
  const plan = uniformBuys(load.ratePerSec, load.durationMs)
  const script = k6Script({
    heading: [],
    targetUrl: load.url,
    steps: [{ index: 0, rows: plan.length, executor: executorOf(plan).options, startTime: null, sales: plan.sales }],
    protocol: {
      buyers: REFERENCE_PROTOCOL,
      isReference: true,
      headers: [],
      identities: DEFAULT_IDENTITIES,
      hasPool: false,
      hasClientCertificate: false,
      takesAnyCertificate: false,
    },
    maxInFlight: load.connections,
    timeoutMs: TIMEOUT_MS,
    rows: { from: 'file' },
    outcomes: { to: 'history', requestIdPrefix: 'bench-', warmUp: null },
  })
  const line = /^ {2}console\.log\(`@ .*\n/m
  if (!line.test(script)) throw new Error('the script writes no line a request')
  const rows = { user: [...plan.user], buy: [...plan.buy], quantity: [...plan.quantity] }
  return runScript(script.replace(line, ''), rows, load)
}

/** What anybody would write. */
export function k6Alone(load: EngineLoad): Promise<EngineFigures> {
  const options = {
    scenarios: {
      load: {
        executor: 'constant-arrival-rate',
        rate: load.ratePerSec,
        timeUnit: '1s',
        duration: `${load.durationMs}ms`,
        preAllocatedVUs: load.connections,
        maxVUs: load.connections,
      },
    },
  }
  const script = `import http from 'k6/http'
export const options = ${JSON.stringify(options)}
export function setup() { http.get(__ENV.${VARIABLES.gate}, { timeout: '1m' }) }
const headers = { 'content-type': 'application/json', 'idempotency-key': 'bench-1' }
export default function () {
  http.post(__ENV.BASE_URL + '/v1/sales/bench/orders', '{"userId":"u1","quantity":1}', { headers })
}
export function handleSummary(data) {
  const countOf = (name) => (data.metrics[name] ? data.metrics[name].values.count : 0)
  return { stderr: \`# end \${countOf('iterations')} \${countOf('dropped_iterations')} 1\\n\` }
}
`
  return runScript(script, null, load)
}

/** The script begins with a request to the gate, and ends with a line of its counts. */
async function runScript(script: string, rows: unknown, { url, durationMs }: EngineLoad): Promise<EngineFigures> {
  const k6 = findK6(process.env)
  const folder = await mkdtemp(join(tmpdir(), 'doorbuster-bench-k6-'))
  const gate = await StartGate.start(1)
  const file = (name: string): string => join(folder, name)
  let answered = Number.NaN
  let running: K6Process | null = null
  try {
    await writeFile(file('script.js'), script)
    await writeFile(file('config.json'), '{}')
    await writeFile(file('rows.json'), JSON.stringify(rows))
    running = new K6Process({
      path: k6.path,
      args: k6Arguments({ script: file('script.js'), config: file('config.json'), segment: null }),
      env: k6Environment(process.env, {
        BASE_URL: url,
        [VARIABLES.gate]: gate.url,
        [VARIABLES.rows]: file('rows.json'),
      }),
      folder,
      onLine: (line) => {
        const parsed = parseHistoryLine(line)
        if (parsed?.is === 'end') answered = parsed.iterations
        return parsed !== null
      },
    })
    const early = running.ended.then(({ code }) =>
      Promise.reject(new Error(`k6 ended with ${code}: ${running!.lastWords}`)),
    )
    await Promise.race([gate.allThere, early])
    early.catch(() => {})
    const use = new ProcessorUse([running.pid!])
    const looking = setInterval(() => use.look(), LOOK_EVERY_MS)
    gate.open()
    await running.ended
    clearInterval(looking)
    const { cpuSeconds } = use.figures()
    return {
      answered,
      tookMs: durationMs,
      cpuSeconds,
      lateP50Ms: Number.NaN,
      lateP99Ms: Number.NaN,
      responseP50Ms: Number.NaN,
    }
  } finally {
    await running?.kill()
    await gate[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
}
