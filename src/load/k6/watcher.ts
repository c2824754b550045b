/**
 * Ends a k6 process, and takes its files away, when this process dies without doing so, by a kill say: a shell that waits
 * for the end of its standard input, which the system closes then. It costs no CPU while it waits.
 */
import { spawn } from 'node:child_process'

/** `$1` is the process, `$2` its folder. */
const SCRIPT = `
while read -r line; do :; done
kill -s KILL "$1" 2>/dev/null
rm -rf -- "$2"`

/** Unless it is dismissed before. */
export function endWhenWeDie(pid: number, folder: string): { dismiss(): void } {
  const watcher = spawn('sh', ['-c', SCRIPT, 'doorbuster-watcher', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C at the terminal is not for it.
    detached: true,
  })
  watcher.on('error', () => undefined)
  // Written to by nobody: it may end first.
  watcher.stdin.on('error', () => undefined)
  watcher.unref()
  return { dismiss: () => void watcher.kill('SIGKILL') }
}
