/**
 * Does what is left to do when this process dies without doing it, by a kill say: a shell that waits for the end of its
 * standard input, which the system closes then. It costs no CPU while it waits.
 */
import { spawn } from 'node:child_process'
import { killGroup } from './process-group.ts'

/** Runs the script when this process is gone, unless it was dismissed before. `$1`, `$2`, ... are the parameters. */
export function whenWeDie(script: string, parameters: readonly string[]): { dismiss(): void } {
  const watcher = spawn(
    'sh',
    ['-c', `while read -r line; do :; done\n${script}`, 'doorbuster-watcher', ...parameters],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C at the terminal is not for it.
      detached: true,
    },
  )
  watcher.on('error', () => undefined)
  // Written to by nobody: it may end first.
  watcher.stdin.on('error', () => undefined)
  watcher.unref()
  return {
    dismiss: () => {
      if (watcher.pid !== undefined && watcher.exitCode === null) killGroup(watcher.pid, 'SIGKILL')
    },
  }
}

/** Of the group `$1`: asked to leave, and killed when it hasn't within five seconds. */
export const END_GROUP = `
kill -s TERM -- "-$1" 2>/dev/null
for second in 1 2 3 4 5; do
  kill -s 0 -- "-$1" 2>/dev/null || exit 0
  sleep 1
done
kill -s KILL -- "-$1" 2>/dev/null`
