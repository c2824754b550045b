/**
 * The command line. The only owner of argv, the environment, signals and the exit code.
 */
import { CommanderError } from 'commander'
import { HarnessError } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import { watchSignals } from './interruption.ts'
import { createProgram } from './program.ts'
import { Terminal } from './terminal.ts'

/**
 * Runs one command.
 * @param argv what follows the program's name
 * @returns the exit code, from the table in core/exit-codes.ts
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const terminal = new Terminal({ stdout: process.stdout, stderr: process.stderr, env })
  const interruption = watchSignals(terminal)
  let exitCode = exitCodeOf('passed')
  const program = createProgram({
    terminal,
    env,
    signal: interruption.signal,
    saysWhenStopped: (words) => {
      interruption.words = words
    },
    leaveWith: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return await afterPrinting(exitCode, terminal)
  } catch (error) {
    return await afterPrinting(exitCodeOfError(error, terminal), terminal)
  } finally {
    interruption.stopWatching()
  }
}

/** A result that nobody could read is no success; any other end keeps its code. */
async function afterPrinting(exitCode: number, terminal: Terminal): Promise<number> {
  const problem = await terminal.printed()
  if (problem === null) return exitCode
  terminal.fail(`the result could not be printed: ${problem.message}`, 'Is the disk full that it was sent to?')
  return exitCode === exitCodeOf('passed') ? exitCodeOf('environment') : exitCode
}

function exitCodeOfError(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    // It has printed its own message; help and version end with 0.
    return error.exitCode === 0 ? exitCodeOf('passed') : exitCodeOf('usage')
  }
  if (error instanceof HarnessError) {
    terminal.fail(error.message, error.hint)
    return error.exitCode
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.fail(`this is a bug of ours; please report it with what follows.\n${stack}`)
  return exitCodeOf('bug')
}
