/** What becomes of an outcome in a run of the harness: a line a request, from which the history is made. */
import { NO_RULE } from '../../../core/buyer-protocol.ts'
import { ROUTES } from '../../../core/wire.ts'
import { NOT_UNDERSTOOD } from '../../classify-response.ts'
import { VARIABLES } from './environment-names.ts'
import { COUNTS, countOf, type ScriptParts, type ScriptProtocol, type WarmUp } from './script-parts.ts'
import { quoted } from './template-text.ts'

/** Of a warm-up's length, for its last requests to be answered. */
const WARM_UP_REST_MS = 1_000

export function historyText({ steps, outcomes, protocol }: ScriptParts): string {
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
