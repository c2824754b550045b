/** A whole scenario, or one step of it, as a script that runs with plain `k6 run`, without the harness. Pure. */
import type { SaleTerms, Scenario, StepPlan } from '../../../core/scenario.ts'
import type { DescribedTarget } from '../../load-engine.ts'
import { secretVariable, VARIABLES } from './environment-names.ts'
import { executorOf, k6Duration } from './executor.ts'
import { secretsIn } from './requests-text.ts'
import { gracefulStopMs, scenarioName, scriptProtocol, type ScriptProtocol, type ScriptStep } from './script-parts.ts'
import { k6Script } from './script.ts'
import { thresholdLines } from './threshold-lines.ts'

export interface StandaloneOptions {
  readonly scenario: Scenario
  /** Of the steps that are to be in it, in order. */
  readonly plans: readonly StepPlan[]
  /** Where the sale is unless `BASE_URL` says otherwise. */
  readonly targetUrl: string
  /** A target with a protocol of its own; absent: the reference contract. */
  readonly described?: DescribedForScript
  /** k6 processes that will share it: requests in flight are split into equal parts. */
  readonly parallelism?: number
  /** The command that prints it, for its heading. */
  readonly command: string
}

export interface DescribedForScript extends Pick<DescribedTarget, 'protocol' | 'headers' | 'identities'> {
  readonly tls?: {
    readonly insecure: boolean
    /** Files are named when the script runs: nothing of them stands in it. */
    readonly hasAuthority: boolean
    readonly hasClientCertificate: boolean
  }
}

/** Names of the secrets that its requests hold. */
export function secretsOfScript(described: DescribedForScript | undefined): string[] {
  return secretsIn(protocolOf(described))
}

export function standaloneScript(options: StandaloneOptions): string {
  const { scenario, plans, targetUrl, described, parallelism = 1 } = options
  const protocol = protocolOf(described)
  const graceMs = gracefulStopMs(scenario.timeoutMs, protocol.buyers)
  let startMs = 0
  const steps = plans.map((plan): ScriptStep => {
    const executor = executorOf(plan)
    const startTime = startMs === 0 ? null : k6Duration(startMs)
    // A step begins when nothing of the one before can be open any more.
    startMs += executor.lengthMs + graceMs
    return { index: plan.stepIndex, rows: plan.length, executor: executor.options, startTime, sales: plan.sales }
  })
  const thresholds = thresholdLines(
    scenario.thresholds,
    scenario.steps.map((step, index) => {
      const plan = plans.find(({ stepIndex }) => stepIndex === index)
      return plan === undefined ? null : { name: scenarioName(index), rows: plan.length, durationMs: step.durationMs }
    }),
    parallelism,
  )
  const vus = Math.max(1, Math.floor(scenario.maxInFlight / parallelism)) * parallelism
  return k6Script({
    heading: headingOf(options),
    targetUrl,
    steps,
    protocol,
    maxInFlight: vus,
    timeoutMs: scenario.timeoutMs,
    rows: { from: 'planner', seed: scenario.seed, buyers: scenario.buyers, skus: scenario.sale.skus },
    outcomes: {
      to: 'metrics',
      thresholds,
      setup: described === undefined ? openingSetup(scenario.sale, protocol.isReference) : PLAIN_SETUP,
    },
  })
}

function protocolOf(described: StandaloneOptions['described']): ScriptProtocol {
  return scriptProtocol(described, {
    hasClientCertificate: described?.tls?.hasClientCertificate ?? false,
    takesAnyCertificate: described?.tls?.insecure ?? false,
  })
}

function headingOf({ scenario, plans, targetUrl, command, described }: StandaloneOptions): string[] {
  const { name, seed, steps, buyers } = scenario
  const of = plans.length === steps.length ? '' : `, step ${plans.map(({ stepIndex }) => stepIndex + 1).join(', ')}`
  const notes = [
    ...(steps.some(({ arrivals }) => arrivals === 'poisson')
      ? ['Poisson arrivals come at an even rate: k6 has no others.']
      : []),
    ...(buyers.retries === null ? [] : ['Buyers who would ask again do not.']),
  ]
  const { hasPool, hasClientCertificate } = protocolOf(described)
  const settings = [
    `-e BASE_URL=${targetUrl}`,
    ...secretsOfScript(described).map((name) => `-e ${secretVariable(name)}=...`),
    ...(hasPool ? [`-e ${VARIABLES.buyers}=buyers.json`] : []),
    ...(hasClientCertificate ? [`-e ${VARIABLES.tlsCertificate}=cert.pem`, `-e ${VARIABLES.tlsKey}=key.pem`] : []),
  ]
  const hints = [
    ...(hasPool
      ? [`${VARIABLES.buyers} names a JSON file: a list with an object for each buyer, a member for each column.`]
      : []),
    ...(hasPool || hasClientCertificate ? ['Paths count from this file.'] : []),
    ...(described?.tls?.hasAuthority === true
      ? ['SSL_CERT_FILE names the certificate authority of the target, PEM; not on macOS and Windows.']
      : []),
  ]
  return [
    `The scenario "${name}"${of}, seed ${seed}, for k6 1.x and 2.x. Made by:`,
    `  ${command}`,
    '',
    `Run it:  ${described?.tls?.hasAuthority === true ? 'SSL_CERT_FILE=ca.pem ' : ''}k6 run ${settings.join(' ')} THIS_FILE`,
    ...hints,
    'It counts what buyers were told. Whether that was right, only the orders can say: judge them afterwards.',
    ...notes,
  ]
}

/** Request ids must differ in every run; processes that share one are given theirs. */
const RUN_TEXT = `const run = __ENV.RUN_ID || 'k6-' + Date.now().toString(36)`

const PLAIN_SETUP = `/** The sale must be open. Processes that share a run are given one RUN_ID. */
export function setup() {
  ${RUN_TEXT}
  return { run }
}`

function openingSetup({ perUserLimit, opensAfterMs, closesAfterMs }: SaleTerms, isReference: boolean): string {
  if (!isReference) return PLAIN_SETUP
  const hours = [
    ...(opensAfterMs === null ? [] : [`opensAt: new Date(beganMs + ${opensAfterMs}).toISOString()`]),
    ...(closesAfterMs === null ? [] : [`closesAt: new Date(beganMs + ${closesAfterMs}).toISOString()`]),
  ]
  const terms = [`stock: step.stocks[place]`, `perUserLimit: ${perUserLimit}`, ...hours].join(', ')
  const began =
    hours.length === 0
      ? ''
      : `
      // By the clock of this machine: the server's must agree.
      const beganMs = nowMs + startMs(options.scenarios[\`step_\${step.index + 1}\`].startTime)`
  const startMs =
    hours.length === 0
      ? ''
      : `

/** "12s" or "1500ms". */
function startMs(text) {
  return text === undefined ? 0 : text.endsWith('ms') ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1000
}`
  return `/** Opens the sales, where the server's ADMIN_TOKEN is given; else they must be open. */
export function setup() {
  ${RUN_TEXT}
  if (!__ENV.ADMIN_TOKEN) {
    console.warn('no ADMIN_TOKEN: the sales must be open, one for each SKU of STEPS')
    return { run }
  }
  const headers = { authorization: \`Bearer \${__ENV.ADMIN_TOKEN}\`, 'content-type': 'application/json' }${hours.length === 0 ? '' : '\n  const nowMs = Date.now()'}
  for (const step of Object.values(STEPS)) {
    step.skus.forEach((sku, place) => {${began}
      const terms = { ${terms} }
      const res = http.put(\`\${BASE_URL}/v1/sales/\${sku}\`, JSON.stringify(terms), { headers, tags: { name: 'open' } })
      // Of processes that share a run, one opens it.
      const isOpen = res.status === 201 || (res.status === 409 && Boolean(__ENV.RUN_ID))
      if (!isOpen) exec.test.abort(\`the sale of \${sku} could not be opened: \${res.status} \${res.body || res.error}\`)
    })
  }
  return { run }
}${startMs}`
}
