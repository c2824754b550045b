/**
 * Puts a k6 script together: one for a run of the harness, that hands its history back, or one that a person runs and
 * edits without it. Both send the same requests and judge answers by the same lines of code. Pure: text in, text out.
 */
import {
  type BuyerIdentities,
  type BuyerProtocol,
  NO_RULE,
  type RequestTemplate,
  type TextTemplate,
} from '../../../core/buyer-protocol.ts'
import { NOT_UNDERSTOOD } from '../../classify-response.ts'
import { ROUTES } from '../../../core/wire.ts'
import type { Buyers, PlannedSale, SaleTerms } from '../../../core/scenario.ts'
import { isLedByValue } from '../../../core/request-target.ts'
import type { ConstantArrivalRate, RampingArrivalRate } from './executor.ts'
import { VARIABLES } from './environment-names.ts'
import { DESCRIBED_WORDS, evaluatorText, readRefusals, REFERENCE_WORDS, rulesText } from './outcome-text.ts'
import { PLANNER_TEXT } from './planner-text.ts'
import { REQUEST_TARGET_TEXT } from './request-target-text.ts'
import { objectText } from './object-text.ts'
import { holds, quoted, templateText } from './template-text.ts'

export interface ScriptStep {
  /** Of the scenario, from 0. */
  readonly index: number
  /** Requests of its plan. */
  readonly rows: number
  readonly executor: ConstantArrivalRate | RampingArrivalRate
  /** Before which k6 doesn't begin it; null: at once. */
  readonly startTime: string | null
  readonly sales: readonly Pick<PlannedSale, 'sku' | 'initialStock'>[]
}

export interface ScriptProtocol {
  readonly buyers: BuyerProtocol
  /** It is the reference contract, which is stricter with what it doesn't foresee. */
  readonly isReference: boolean
  /** Sent with every request; one of the request's own wins. */
  readonly headers: RequestTemplate['headers']
  readonly identities: Pick<BuyerIdentities, 'userIdPrefix'>
  /** Buyers have columns of their own, in a file that `DOORBUSTER_BUYERS` names. */
  readonly hasPool: boolean
  /** Of the client's certificate: in files that `DOORBUSTER_TLS_CERT` and `DOORBUSTER_TLS_KEY` name. */
  readonly hasClientCertificate: boolean
  readonly takesAnyCertificate: boolean
}

export interface ScriptParts {
  /** Comment at its head, a line each. */
  readonly heading: readonly string[]
  readonly targetUrl: string
  readonly steps: readonly ScriptStep[]
  readonly protocol: ScriptProtocol
  readonly maxInFlight: number
  readonly timeoutMs: number
  /** Where the rows of the plan come from. */
  readonly rows: /** Planned in the script. */
    | { readonly from: 'planner'; readonly seed: number; readonly buyers: Buyers; readonly skus: SaleTerms['skus'] }
    /** Written down by the harness: JSON in a file that `DOORBUSTER_ROWS` names. */
    | { readonly from: 'file' }
  /** What becomes of an outcome. */
  readonly outcomes: /** One line a request on standard error, for the harness. The request ids begin with this. */
    | { readonly to: 'history'; readonly requestIdPrefix: string; readonly warmUp: WarmUp | null }
    /** Metrics that k6 sums up. `thresholds`: lines of the object of that name. */
    | { readonly to: 'metrics'; readonly thresholds: readonly string[]; readonly setup: string }
}

/**
 * Before a step each VU runs once: it opens its connection by one request, and meets the code of an iteration. Without it
 * the first second of a step is spent on that, and shows times of the generator's own.
 */
export interface WarmUp {
  readonly lengthMs: number
  /** What is asked: the reference server's health, or the stock. */
  readonly by: 'health' | 'read'
}

/** Beyond the time-out of the last request, and its polls. */
const GRACE_MS = 5_000

/** How long k6 waits for iterations that are open at the end of a step, ms. */
export function gracefulStopMs(timeoutMs: number, { poll }: Pick<BuyerProtocol, 'poll'>): number {
  const pollMs = poll === null ? 0 : poll.deadlineMs + timeoutMs
  return timeoutMs + pollMs + GRACE_MS
}

export function scenarioName(index: number): string {
  return `step_${index + 1}`
}

export function k6Script(parts: ScriptParts): string {
  return `${[
    heading(parts),
    settings(parts),
    options(parts),
    rowsSection(parts),
    requestsSection(parts.protocol),
    `// What answers mean.\n\n${rulesSection(parts.protocol)}\n\n${evaluatorText(parts.protocol.isReference ? REFERENCE_WORDS : DESCRIBED_WORDS)}`,
    parts.outcomes.to === 'history' ? historySection(parts) : metricsSection(parts.outcomes.setup),
    iterationSection(parts),
  ].join('\n\n')}\n`
}

function heading({ heading: lines, outcomes, protocol, steps }: ScriptParts): string {
  const warms = outcomes.to === 'history' && outcomes.warmUp !== null
  const needsSleep = protocol.buyers.poll !== null || warms
  const metrics = outcomes.to === 'metrics' ? [`import { Counter, Rate, Trend } from 'k6/metrics'`] : []
  const k6 = needsSleep ? [`import { sleep } from 'k6'`] : []
  const needsData = steps.length > 0 ? [`import { SharedArray } from 'k6/data'`] : []
  return [
    ...lines.map((line) => (line === '' ? '//' : `// ${line}`)),
    ...k6,
    ...needsData,
    `import exec from 'k6/execution'`,
    `import http from 'k6/http'`,
    ...metrics,
  ].join('\n')
}

function settings({ targetUrl, timeoutMs, rows }: ScriptParts): string {
  const lines = [
    rows.from === 'file'
      ? `const BASE_URL = ${quoted(targetUrl.replace(/\/+$/, ''))}`
      : `const BASE_URL = (__ENV.BASE_URL || ${quoted(targetUrl)}).replace(/\\/+$/, '')`,
    '// A request without an answer for so long is given up, ms.',
    `const TIMEOUT_MS = ${timeoutMs}`,
  ]
  if (rows.from === 'planner') {
    const { seed, buyers, skus } = rows
    const { population, quantities, doubleClickShare, readShare, bots } = buyers
    lines.push(
      '// The same seed gives the same buyers.',
      `const SEED = ${seed}`,
      `const BUYERS = ${objectText({ population, quantities, doubleClickShare, readShare, bots })}`,
      `const SKUS = ${skus === null ? 'null' : `{ count: ${skus.names.length}, skew: ${skus.skew} }`}`,
    )
  }
  return lines.join('\n')
}

function options({ steps, maxInFlight, timeoutMs, protocol, outcomes }: ScriptParts): string {
  const gracefulStop = `${gracefulStopMs(timeoutMs, protocol.buyers)}ms`
  const warmUp = outcomes.to === 'history' ? outcomes.warmUp : null
  const ofSteps = Object.fromEntries(
    steps.map(({ index, executor, startTime }) => [
      scenarioName(index),
      {
        ...executor,
        ...(startTime !== null && { startTime }),
        ...(warmUp !== null && { startTime: `${warmUp.lengthMs}ms` }),
        exec: 'buyer',
        env: { [VARIABLES.step]: String(index + 1) },
        preAllocatedVUs: maxInFlight,
        maxVUs: maxInFlight,
        gracefulStop,
      },
    ]),
  )
  const scenarios = { ...(warmUp !== null && { [WARM_UP]: warmUpOptions(warmUp, maxInFlight) }), ...ofSteps }
  const lines = [`  scenarios: ${objectText(scenarios, '  ')},`, `  setupTimeout: '10m',`]
  if (protocol.takesAnyCertificate) lines.push('  insecureSkipTLSVerify: true,')
  if (protocol.hasClientCertificate) {
    lines.push(`  tlsAuth: [{ cert: open(__ENV.${VARIABLES.tlsCertificate}), key: open(__ENV.${VARIABLES.tlsKey}) }],`)
  }
  // No conditions: they make k6 count a step apart from its warm-up.
  if (outcomes.to === 'history') {
    const counts = steps.flatMap(({ index }) => COUNTS.map((name) => `    ${quoted(countOf(name, index))}: [],\n`))
    lines.push(`  thresholds: {\n${counts.join('')}  },`)
  } else {
    lines.push(
      `  summaryTrendStats: ['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],`,
      `  thresholds: {\n${outcomes.thresholds.map((line) => `    ${line}\n`).join('')}  },`,
    )
  }
  return `export const options = {\n${lines.join('\n')}\n}`
}

const WARM_UP = 'warm_up'
/** Of a warm-up's length, for its last requests to be answered. */
const WARM_UP_REST_MS = 1_000
const COUNTS = ['iterations', 'dropped_iterations'] as const

/** Its name among k6's metrics. */
function countOf(name: (typeof COUNTS)[number], stepIndex: number): string {
  return `${name}{scenario:${scenarioName(stepIndex)}}`
}

function warmUpOptions({ lengthMs }: WarmUp, vus: number) {
  return {
    executor: 'per-vu-iterations',
    vus,
    iterations: 1,
    maxDuration: `${lengthMs}ms`,
    gracefulStop: '0s',
    exec: 'warmUp',
  }
}

function rowsSection(parts: ScriptParts): string {
  const { steps, rows, outcomes, protocol } = parts
  const stepLines = steps.map(({ index, rows: count, sales }) => {
    const skus = objectText(sales.map(({ sku }) => sku))
    const stocks = outcomes.to === 'metrics' ? `, stocks: ${objectText(sales.map((sale) => sale.initialStock))}` : ''
    return `  ${quoted(String(index + 1))}: { index: ${index}, rows: ${count}, skus: ${skus}${stocks} },`
  })
  const source =
    rows.from === 'planner'
      ? `${PLANNER_TEXT}\n\nconst planned = {}\nfunction plannedColumn(step, column) {\n  planned[step.index] ||= planRows(step.index, step.rows)\n  return planned[step.index][column]\n}`
      : `let written = null\nfunction plannedColumn(step, column) {\n  written ||= JSON.parse(open(__ENV.${VARIABLES.rows}))\n  return written[column]\n}`
  const constantQuantity = rows.from === 'planner' && rows.buyers.quantities.length === 1
  const manySkus = steps.some(({ sales }) => sales.length > 1)
  const columns = ['user', 'buy', ...(constantQuantity ? [] : ['quantity']), ...(manySkus ? ['sku'] : [])]
  const quantity =
    constantQuantity && rows.from === 'planner' ? String(rows.buyers.quantities[0]!.quantity) : 'columns.quantity[k]'
  const pool = protocol.hasPool
    ? `\n\n// Buyer n is entry n: what a request may hold of them, a token perhaps.\nconst buyers = new SharedArray('buyers', () => JSON.parse(open(__ENV.${VARIABLES.buyers})))`
    : ''
  const prefix = quoted(protocol.identities.userIdPrefix)
  const userId = protocol.hasPool ? `(of && of.userId) || ${prefix} + user` : `${prefix} + user`
  const prefixOf = outcomes.to === 'history' ? quoted(outcomes.requestIdPrefix) : '`${run}-${step.index + 1}-`'
  const runParameter = outcomes.to === 'history' ? '' : ', run'
  return `// Who buys what.

const STEPS = {
${stepLines.join('\n')}
}

${source}

// Columns that all VUs share: planned once, by the first that asks.
const COLUMNS = {}
for (const step of Object.values(STEPS)) {
  COLUMNS[step.index] = {}
  for (const column of ${objectText(columns)}) {
    COLUMNS[step.index][column] = new SharedArray(\`step \${step.index + 1} \${column}\`, () => plannedColumn(step, column))
  }
}${pool}

function rowOf(step, k${runParameter}) {
  const columns = COLUMNS[step.index]
  const user = columns.user[k]
  const buy = columns.buy[k]
  const prefix = ${prefixOf}
${protocol.hasPool ? '  const of = buyers[user % buyers.length]\n' : ''}  return {
    user,
    userId: ${userId},
    buy,
    prefix,
    requestId: prefix + buy,
    quantity: ${quantity},
    sku: step.skus[${manySkus ? 'columns.sku[k]' : '0'}],
${protocol.hasPool ? '    buyer: of,\n' : ''}  }
}`
}

function requestsSection(protocol: ScriptProtocol): string {
  const { buyers } = protocol
  const templates = templatesOf(protocol)
  const uses = (expression: (template: TextTemplate) => boolean): boolean => templates.some(expression)
  const helpers: string[] = []
  if (uses((template) => template.some((part) => typeof part !== 'string' && part.as === 'url'))) {
    helpers.push(`/** RFC 3986: everything but unreserved characters. */
function urlText(value) {
  return encodeURIComponent(value).replace(/[!'()*]/g, (one) => '%' + one.charCodeAt(0).toString(16).toUpperCase())
}`)
  }
  if (uses((template) => template.some((part) => typeof part !== 'string' && part.as === 'json-text'))) {
    helpers.push(`/** Inside a JSON string. */
function jsonText(value) {
  return JSON.stringify(String(value)).slice(1, -1)
}`)
  }
  if (uses((template) => holds(template, (name) => name === 'requestUuid'))) helpers.push(REQUEST_UUID_TEXT)
  if (isLedByTicket(buyers)) helpers.push(REQUEST_TARGET_TEXT)
  const requests = [requestText('sendBuy', 'row', 'buy', buyers.buy, protocol.headers)]
  if (buyers.read !== null) requests.push(requestText('sendRead', 'row', 'read', buyers.read.request, protocol.headers))
  if (buyers.poll !== null) {
    requests.push(requestText('sendPoll', 'row, ticket', 'poll', buyers.poll.request, protocol.headers))
  }
  return ['// What is sent.', ...helpers, ...requests].join('\n\n')
}

/** Polls go to where the ticket says. */
function isLedByTicket({ poll }: BuyerProtocol): boolean {
  return poll !== null && isLedByValue(poll.request.path)
}

function templatesOf({ buyers, headers }: ScriptProtocol): readonly TextTemplate[] {
  const requests = [
    buyers.buy,
    ...(buyers.read ? [buyers.read.request] : []),
    ...(buyers.poll ? [buyers.poll.request] : []),
  ]
  return [
    ...headers.map(({ value }) => value),
    ...requests.flatMap(({ path, body, headers: own }) => [
      path,
      ...(body ? [body] : []),
      ...own.map(({ value }) => value),
    ]),
  ]
}

/** Names of the secrets that buyers' requests hold, in order. */
export function secretsIn(protocol: ScriptProtocol): string[] {
  const values = templatesOf(protocol).flatMap((template) =>
    template.flatMap((part) =>
      typeof part !== 'string' && part.value.startsWith('env.') ? [part.value.slice(4)] : [],
    ),
  )
  return [...new Set(values)].sort()
}

function requestText(
  name: string,
  parameters: string,
  tag: string,
  request: RequestTemplate,
  common: RequestTemplate['headers'],
): string {
  const own = new Set(request.headers.map((header) => header.name))
  const headers = [...common.filter((header) => !own.has(header.name)), ...request.headers]
  const headerLines = headers.map((header) => `      ${quoted(header.name)}: ${templateText(header.value)},\n`).join('')
  const path = templateText(request.path)
  const url = isLedByValue(request.path)
    ? `targetUrl(${path})`
    : path.startsWith('`')
      ? `\`\${BASE_URL}${path.slice(1)}`
      : `BASE_URL + ${path}`
  const body = request.body === null ? 'null' : templateText(request.body)
  return `function ${name}(${parameters}) {
  return http.request(${quoted(request.method)}, ${url}, ${body}, {
    headers: {
${headerLines}    },
    redirects: 0,
    timeout: TIMEOUT_MS,
    tags: { name: ${quoted(tag)} },
  })
}`
}

/** What a ticket must be: as in src/load/protocol/classifier.ts. */
function ticketText(buyers: BuyerProtocol): string {
  const leads = isLedByTicket(buyers) ? ' && requestTarget(text) !== null' : ''
  return String.raw`/** Whether a poll with this ticket can be sent. */
function isTicket(text) {
  return text !== undefined && /^[\x20-\x7e\xa0-\xff]{1,2048}$/.test(text)${leads}
}`
}

function rulesSection({ buyers, isReference }: ScriptProtocol): string {
  const lines = [`/** The first rule that holds counts. */\nconst OUTCOMES = ${rulesText(buyers.outcomes)}`]
  if (buyers.read !== null) {
    const { status, stock } = buyers.read
    lines.push(`const READ = ${objectText({ status, stock })}`)
    lines.push(`const READ_REFUSALS = ${isReference ? rulesText(readRefusals(buyers)) : 'null'}`)
  } else {
    lines.push(`const READ = { status: [], stock: { in: 'requestId' } }\nconst READ_REFUSALS = null`)
  }
  lines.push(ticketText(buyers))
  if (buyers.poll !== null) lines.push(`const POLL_OUTCOMES = ${rulesText(buyers.poll.outcomes)}`)
  return lines.join('\n\n')
}

function historySection({ steps, outcomes, protocol }: ScriptParts): string {
  const warmUp = outcomes.to === 'history' ? outcomes.warmUp : null
  const counts = COUNTS.map((name) => `countOf(${steps.map(({ index }) => quoted(countOf(name, index))).join(', ')})`)
  return `// What is handed back: a line a request.

let instance = null
/** ms since the test began, with the digits of nanoseconds, by the machine's wall clock. */
function now() {
  instance ||= exec.instance
  return instance.currentTestRunDuration
}

let hasShown = false
/** What nobody could make sense of: one of each VU is enough for people to see what is wrong. */
function showSample(res, why) {
  hasShown = true
  const body = typeof res.body === 'string' ? res.body : ''
  console.log('? ' + JSON.stringify(\`\${why}: \${res.status} \${body.slice(0, 1000)}\`))
}

function record(k, row, sent, done, res, outcome) {
  const { status } = res
  if (!hasShown && status > 0) {
    if (outcome.code === '${NO_RULE}') showSample(res, 'no rule fits the answer')
    else if (outcome.code === '${NOT_UNDERSTOOD}') showSample(res, 'what is looked for is not in the answer')
  }
  const code = outcome.code || '-'
  const value = outcome.kind === 'shown' ? outcome.stock : outcome.orderId === undefined ? '-' : JSON.stringify(outcome.orderId)
  console.log(\`@ \${k} \${sent} \${done} \${status} \${outcome.kind} \${code} \${value}\`)
}

/** When the wall clock turned to which ms, by the clock of the lines: at some moment between these two. */
function clockLine() {
  let before = 0
  let after = now()
  const first = Date.now()
  let wallMs = first
  while (wallMs === first) {
    before = after
    after = now()
    wallMs = Date.now()
  }
  console.log(\`# clock \${wallMs} \${before} \${now()}\`)
}

/** Nothing is sent before the harness opens the gate. */
export function setup() {
  for (let i = 0; i < 3; i++) clockLine()
  const res = http.get(__ENV.${VARIABLES.gate}, { timeout: '10m', tags: { name: 'gate' } })
  if (res.status !== 204) exec.test.abort('the gate was not opened')
}

export function handleSummary(data) {
  const countOf = (...names) => names.reduce((sum, name) => sum + (data.metrics[name] ? data.metrics[name].values.count : 0), 0)
  return { stderr: \`# end \${${counts[0]}} \${${counts[1]}} ${steps.length}\\n\` }
}${warmUp === null ? '' : `\n\n${warmUpText(warmUp, steps[0]!.index, protocol)}`}`
}

function warmUpText({ lengthMs, by }: WarmUp, stepIndex: number, { buyers }: ScriptProtocol): string {
  const spreadSeconds = Math.max(0, lengthMs - WARM_UP_REST_MS) / 1_000
  const request =
    by === 'health'
      ? `http.get(BASE_URL + ${quoted(ROUTES.health)}, { redirects: 0, timeout: TIMEOUT_MS, tags: { name: 'warm-up' } })`
      : 'sendRead(row)'
  const read = buyers.read === null ? '' : '\n  outcomeOfRead(res)'
  return `// Each VU's connection and its first way through the code, before the step.

export function warmUp() {
  sleep(((exec.vu.idInInstance - 1) / exec.instance.vusInitialized) * ${spreadSeconds})
  const row = rowOf(STEPS[${quoted(String(stepIndex + 1))}], 0)
  now()
  const res = ${request}
  outcomeOfBuy(OUTCOMES, res, row.requestId)${read}
}`
}

function metricsSection(setup: string): string {
  return `// What is counted.

const sold = new Counter('sale_sold')
const soldOut = new Counter('sale_sold_out')
const limitReached = new Counter('sale_limit_reached')
const refused = new Counter('sale_refused')
const shown = new Counter('sale_shown')
const unknown = new Counter('sale_unknown')
const achieved = new Counter('sale_achieved')
const errors = new Rate('sale_errors')
const responseTime = new Trend('sale_response_time', true)

const COUNTERS = { sold, soldOut, limitReached, refused, shown, unknown }

function record(k, row, sent, done, res, outcome) {
  // A buyer who is told that the sale is not open was answered, too.
  const isAnswer = !['refused', 'unknown'].includes(outcome.kind) || outcome.code === 'NOT_OPEN'
  COUNTERS[outcome.kind].add(1, outcome.code === undefined ? {} : { code: outcome.code })
  if (isAnswer) achieved.add(1)
  errors.add(!isAnswer)
  // What never left took no time; what has no answer counts as the time-out at least.
  if (!(outcome.code || '').startsWith('CONNECT_')) responseTime.add(res.status > 0 ? done - sent : Math.max(done - sent, TIMEOUT_MS))
}

let instance = null
function now() {
  instance ||= exec.instance
  return instance.currentTestRunDuration
}

${setup}`
}

function iterationSection({ protocol, outcomes }: ScriptParts): string {
  const { read, poll } = protocol.buyers
  const run = outcomes.to === 'history' ? '' : ', data.run'
  const pollLines =
    poll === null
      ? ''
      : `
  const deadline = now() + ${poll.deadlineMs}
  let ticket = outcome.ticket || ''
  while (outcome.kind === 'queued') {
    if (now() + ${poll.everyMs} > deadline) {
      outcome = { kind: 'unknown', code: 'STILL_QUEUED' }
      break
    }
    sleep(${poll.everyMs / 1_000})
    res = sendPoll(row, ticket)
    // A poll that is not answered is asked again.
    if (failureOf(res) !== null) continue
    outcome = outcomeOfBuy(POLL_OUTCOMES, res, row.requestId)
    if (outcome.kind === 'queued') ticket = outcome.ticket || ticket
  }
  const answered = now()
  record(k, row, sent, answered, res, outcome)`
  const ending = poll === null ? `\n  record(k, row, sent, done, res, outcome)` : pollLines
  const notQueued =
    poll === null ? `\n  if (outcome.kind === 'queued') outcome = { kind: 'unknown', code: 'STILL_QUEUED' }` : ''
  const hasQueue = protocol.buyers.outcomes.some(({ then }) => then.kind === 'queued')
  const declare = poll === null && !hasQueue ? 'const' : 'let'
  const readLines =
    read === null
      ? `  if (row.buy < 0) return`
      : `  if (row.buy < 0) {
    const sent = now()
    const res = sendRead(row)
    const done = now()
    record(k, row, sent, done, res, outcomeOfRead(res))
    return
  }`
  return `// One request: iteration k of a step is row k of its plan.

let scenario = null
export function buyer(${outcomes.to === 'history' ? '' : 'data'}) {
  scenario ||= exec.scenario
  const step = STEPS[__ENV.${VARIABLES.step}]
  const k = scenario.iterationInTest
  // k6 may begin an iteration more than the plan has requests.
  if (k >= step.rows) return
  const row = rowOf(step, k${run})
${readLines}
  const sent = now()
  ${poll === null ? 'const' : 'let'} res = sendBuy(row)
  const done = now()
  ${declare} outcome = outcomeOfBuy(OUTCOMES, res, row.requestId)${hasQueue ? notQueued : ''}${ending.replace('const answered = now()', 'const answered = res.status > 0 ? now() : done')}
}`
}

/** As src/core/request-uuid.ts makes them. */
const REQUEST_UUID_TEXT = `/** A UUID of version 8 that holds the number of the buy. */
function requestUuid(prefix, buy) {
  const hash = [0, 1, 2].map((seed) => hexOf(hashOf(prefix, seed))).join('')
  const variant = '89ab'[parseInt(hash[15], 16) & 3]
  return \`\${hash.slice(0, 8)}-\${hash.slice(8, 12)}-8\${hash.slice(12, 15)}-\${variant}\${hash.slice(16, 19)}-\${hash.slice(19, 23)}\${hexOf(buy)}\`
}

function hexOf(value) {
  return value.toString(16).padStart(8, '0')
}

function hashOf(text, seed) {
  let hash = 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b9)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}`
