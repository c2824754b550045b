/** What becomes of an outcome in a script that stands alone: metrics that k6 sums up. */

export function metricsText(setup: string): string {
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
