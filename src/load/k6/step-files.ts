/** The files of one step in k6's hands: its script, the rows of its plan, and what its requests need of secrets. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StepPlan } from '../../core/scenario.ts'
import type { LoadEngineOptions } from '../load-engine.ts'
import { secretVariable, VARIABLES } from './script/environment-names.ts'
import type { K6Executor } from './script/executor.ts'
import { k6Script } from './script/script.ts'
import { scriptProtocol, type ScriptProtocol, type WarmUp } from './script/script-parts.ts'

interface StepFiles {
  readonly script: string
  readonly config: string
}

interface StepFilesOf {
  readonly plan: StepPlan
  readonly load: LoadEngineOptions
  readonly executor: K6Executor
  readonly requestIdPrefix: string
  /** Of all processes together. */
  readonly maxInFlight: number
  readonly warmUp: WarmUp | null
}

const FILES = {
  script: 'script.js',
  config: 'config.json',
  rows: 'rows.json',
  buyers: 'buyers.json',
  ca: 'ca.pem',
  cert: 'cert.pem',
  key: 'key.pem',
} as const

/** They may hold tokens and keys. */
const SECRET = { mode: 0o600 }
/** Each VU takes about a millisecond of two processors, k6's and the target's, to connect and to run once. */
const WARM_UP_MS = 1_200
const WARM_UP_MS_PER_VU = 2

export async function writeStepFiles(folder: string, of: StepFilesOf): Promise<StepFiles> {
  const file = (name: keyof typeof FILES): string => join(folder, FILES[name])
  await writeFile(file('script'), scriptOf(of))
  await writeFile(file('config'), '{}')
  await writeFile(file('rows'), rowsJson(of.plan))
  const { described } = of.load
  if (described?.identities.pool) {
    await writeFile(file('buyers'), JSON.stringify(described.identities.pool), SECRET)
  }
  for (const part of ['ca', 'cert', 'key'] as const) {
    const pem = described?.tls?.[part]
    if (pem !== undefined) await writeFile(file(part), pem, SECRET)
  }
  return { script: file('script'), config: file('config') }
}

/** What the script finds in its environment. */
export function stepVariables(
  folder: string,
  gateUrl: string,
  { described }: LoadEngineOptions,
): Record<string, string> {
  const secrets = Object.entries(described?.secrets ?? {}).map(([name, value]) => [secretVariable(name), value])
  return {
    ...(Object.fromEntries(secrets) as Record<string, string>),
    [VARIABLES.gate]: gateUrl,
    [VARIABLES.rows]: join(folder, FILES.rows),
    [VARIABLES.buyers]: join(folder, FILES.buyers),
    [VARIABLES.tlsCertificate]: join(folder, FILES.cert),
    [VARIABLES.tlsKey]: join(folder, FILES.key),
    // The only way in which k6 takes an authority of one's own.
    ...(described?.tls?.ca !== undefined && { SSL_CERT_FILE: join(folder, FILES.ca) }),
  }
}

/** A described target is asked for the stock alone, and only where that may be asked at any time. */
export function warmUpOf({ described, maxInFlight }: LoadEngineOptions): WarmUp | null {
  const lengthMs = WARM_UP_MS + Math.ceil(WARM_UP_MS_PER_VU * maxInFlight)
  if (described === undefined) return { lengthMs, by: 'health' }
  return described.mayBeRead === true && described.protocol.read !== null ? { lengthMs, by: 'read' } : null
}

function scriptOf({ plan, load, executor, requestIdPrefix, maxInFlight, warmUp }: StepFilesOf): string {
  const { stepIndex: index, length: rows, sales } = plan
  return k6Script({
    heading: ['Made for one step of a run. `doorbuster k6 script` prints one to keep.'],
    targetUrl: load.targetUrl,
    steps: [{ index, rows, executor: executor.options, startTime: null, sales }],
    protocol: protocolOf(load),
    maxInFlight,
    timeoutMs: load.timeoutMs,
    rows: { from: 'file' },
    outcomes: { to: 'history', requestIdPrefix, warmUp },
  })
}

function protocolOf({ described }: LoadEngineOptions): ScriptProtocol {
  const { cert, key, insecure = false } = described?.tls ?? {}
  return scriptProtocol(described, {
    hasClientCertificate: cert !== undefined && key !== undefined,
    takesAnyCertificate: insecure,
  })
}

/** Columns as the script wants them. */
function rowsJson({ length, user, buy, kind, quantity, saleIndex }: StepPlan): string {
  const column = (valueOf: (row: number) => number): string =>
    `[${Array.from({ length }, (_, row) => valueOf(row)).join(',')}]`
  const columns = [
    `"user":${column((row) => user[row]!)}`,
    `"buy":${column((row) => (kind[row] === 1 ? -1 : buy[row]!))}`,
    `"quantity":${column((row) => quantity[row]!)}`,
    ...(saleIndex === null ? [] : [`"sku":${column((row) => saleIndex[row]!)}`]),
  ]
  return `{${columns.join(',')}}`
}
