/** What keeps the set-up from going on, and what to do about it. Leaves with the exit code of a broken environment. */
export class SetUpFailure extends Error {
  /** @param {string} message @param {{hint?: string, log?: string}} [details] `log`: the tail of another program's output */
  constructor(message, details = {}) {
    super(message)
    this.name = 'SetUpFailure'
    this.hint = details.hint
    this.log = details.log
  }
}

/** The environment: core/exit-codes.ts, which isn't compiled yet when this is needed. A test compares the two. */
export const EXIT_ENVIRONMENT = 5

export function printFailure(failure) {
  const lines = [`doorbuster: ${failure.message}`]
  if (failure.log)
    lines.push(
      ...failure.log
        .trimEnd()
        .split('\n')
        .map((line) => `  | ${line}`),
    )
  if (failure.hint) lines.push(failure.hint)
  process.stderr.write(`${lines.join('\n')}\n`)
}
