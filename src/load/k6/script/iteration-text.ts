/** One iteration: a buyer's request, or a read, up to its outcome. */
import { VARIABLES } from './environment-names.ts'
import type { ScriptParts } from './script-parts.ts'

export function iterationText({ protocol, outcomes }: ScriptParts): string {
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
