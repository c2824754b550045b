/** Whatever ends a program without a verdict must not end it with the exit code of one: node's own for a crash is 1. */

/** core/exit-codes.ts, which may not be compiled yet. A test compares the two. */
export const EXIT_BUG = 70

/** Node's own code for a promise at the top that is never kept. */
const NODE_WAITED_IN_VAIN = 13

/**
 * Runs the program, which resolves to its exit code.
 * @param {() => Promise<number>} program
 */
export async function runAtTop(program) {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => process.exit(exitCodeOfFailure(error)))
  }
  let isOver = false
  process.on('exit', (code) => {
    if (isOver || (code !== 0 && code !== NODE_WAITED_IN_VAIN)) return
    process.exitCode = exitCodeOfFailure(new Error('nothing is left to wait for'))
  })
  try {
    process.exitCode = await program()
  } catch (error) {
    process.exitCode = exitCodeOfFailure(error)
  } finally {
    isOver = true
  }
}

/** Errors of the harness know their exit code, and what to do; says either. */
function exitCodeOfFailure(error) {
  const isKnown = typeof error?.exitCode === 'number'
  const hint = error?.hint ? `\n  ${error.hint}` : ''
  const words = isKnown
    ? `${error.message}${hint}`
    : `this is a bug of ours; please report it with what follows.\n${error?.stack ?? error}`
  process.stderr.write(`doorbuster: ${words}\n`)
  return isKnown ? error.exitCode : EXIT_BUG
}
