/** What the server says on its standard error: one line each, which the harness quotes when a run ends early. */

/** Of one process, so that a strategy that fails at every request fills no terminal. */
const MOST_FAILURES_SAID = 3

export function complain(sentence: string): void {
  process.stderr.write(`doorbuster-target: ${sentence.replaceAll(/\s*\n\s*/g, ' ')}\n`)
}

/** The error's message and where it came from. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim()
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`
}

/** Says the first few failures that nobody expected: what is told to a buyer says nothing of them. */
export function sayFew(): (error: unknown) => void {
  let said = 0
  return (error) => {
    said += 1
    if (said > MOST_FAILURES_SAID) return
    complain(
      `a request failed: ${describeError(error)}${said === MOST_FAILURES_SAID ? '; further ones are not said' : ''}`,
    )
  }
}
