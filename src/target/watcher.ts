/**
 * Ends what was started when this process dies without doing so, by a kill say: a shell that waits for the end of its
 * standard input, which the system closes then. It costs no CPU while it waits.
 */
import { spawn } from 'node:child_process'
import { killGroup } from './process-group.ts'

/** What is run before the group is ended: it may have left it. */
export interface LastCommand {
  /** Program and arguments. */
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

/** `$1` is the group, `$2` the seconds that the command behind them may take. The group has five to leave by itself. */
const SCRIPT = `
while read -r line; do :; done
group=$1 seconds=$2
shift 2
if [ $# -gt 0 ]; then
  "$@" >/dev/null 2>&1 &
  while [ "$seconds" -gt 0 ] && kill -s 0 $! 2>/dev/null; do
    sleep 1
    seconds=$((seconds - 1))
  done
  kill -s KILL $! 2>/dev/null
fi
kill -s TERM -- "-$group" 2>/dev/null
for second in 1 2 3 4 5; do
  kill -s 0 -- "-$group" 2>/dev/null || exit 0
  sleep 1
done
kill -s KILL -- "-$group" 2>/dev/null`

/** Unless it is dismissed before. */
export function endGroupWhenWeDie(groupId: number, last: LastCommand | null): { dismiss(): void } {
  const seconds = Math.ceil((last?.deadlineMs ?? 0) / 1000)
  const parameters = [String(groupId), String(seconds), ...(last?.words ?? [])]
  const watcher = spawn('sh', ['-c', SCRIPT, 'doorbuster-watcher', ...parameters], {
    ...(last !== null && { cwd: last.cwd, env: last.env }),
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C at the terminal is not for it.
    detached: true,
  })
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
