/** The watch against real processes: Linux alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createProcessWatch, type ProcessWatch } from './index.ts'

interface Started {
  readonly child: ChildProcess
  readonly pid: number
  /** The first line that it, or a child of its, printed. */
  readonly line: string
}

/** A Node that runs a script, in a group of its own, killed with it at the end of the test; when it has printed a line. */
async function started(script: string): Promise<Started> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const pid = child.pid!
  onTestFinished(() => killGroup(pid))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, pid, line }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

function watching(pid: number): ProcessWatch {
  return createProcessWatch(() => [pid])!
}

/** Whether it says so within some ten seconds. */
async function becomes(watch: ProcessWatch, idle: boolean): Promise<boolean> {
  for (let tries = 0; tries < 1_000; tries++) {
    if ((await watch.isIdle()) === idle) return true
    await sleep(10)
  }
  return false
}

/** As often as it can be asked. */
async function becomesAtOnce(watch: ProcessWatch): Promise<boolean> {
  for (let looks = 0; looks < 1_000_000; looks++) if (await watch.isIdle()) return true
  return false
}

/** Of so many looks at what never rests: not one is wrong. */
async function isNeverIdle(watch: ProcessWatch): Promise<boolean> {
  for (let looks = 0; looks < 20; looks++) if (await watch.isIdle()) return false
  return true
}

const FOR_EVER = 'setInterval(() => {}, 1e6);'
/** Says so, and never ends. */
const BUSY = 'require("fs").writeSync(1, "busy\\n"); for (;;);'
const quoted = (script: string): string => JSON.stringify(script)

describe.runIf(process.platform === 'linux')('a process', () => {
  it('is idle while it sleeps in a timer', async () => {
    const { pid } = await started(`${FOR_EVER} console.log("up")`)
    expect(await becomes(watching(pid), true)).toBe(true)
  })

  it('is not while it runs, be it a thread beside one that sleeps', async () => {
    const { pid } = await started(BUSY)
    expect(await isNeverIdle(watching(pid))).toBe(true)
    const threads = await started(`new (require("worker_threads").Worker)(${quoted(BUSY)}, { eval: true })`)
    expect(await isNeverIdle(watching(threads.pid))).toBe(true)
  })

  it('is no longer when something that it waited for has come', async () => {
    const { pid, child } = await started(`process.stdin.once("data", () => { for (;;); }); console.log("up")`)
    const watch = watching(pid)
    expect(await becomes(watch, true)).toBe(true)
    child.stdin!.write('go')
    expect(await becomes(watch, false)).toBe(true)
    expect(await isNeverIdle(watch)).toBe(true)
  })

  it('is not while a child of a child runs that has a group of its own, and is when that one is gone', async () => {
    const inner = `require("child_process").spawn(process.execPath, ["-e", ${quoted(BUSY)}], { stdio: "inherit", detached: true }).unref(); ${FOR_EVER}`
    const outer = `const child = require("child_process").spawn(process.execPath, ["-e", ${quoted(inner)}], { stdio: "inherit" }); ${FOR_EVER}`
    const { pid } = await started(outer)
    const watch = watching(pid)
    expect(await isNeverIdle(watch)).toBe(true)
    const busy = await idOfBusyChildOf(pid)
    process.kill(busy, 'SIGKILL')
    expect(await becomes(watch, true)).toBe(true)
  })

  it('is not while an orphan of its group runs', async () => {
    const leaving = `require("child_process").spawn(process.execPath, ["-e", ${quoted(BUSY)}], { stdio: "inherit" }).unref(); process.exit(0)`
    const { pid } = await started(leaving)
    expect(await isNeverIdle(watching(pid))).toBe(true)
  })

  it('has nothing to do when it is gone', async () => {
    const { pid, child } = await started(`${FOR_EVER} console.log("up")`)
    const ended = once(child, 'exit')
    killGroup(pid)
    await ended
    expect(await becomes(watching(pid), true)).toBe(true)
  })
})

describe.runIf(process.platform === 'linux')('a process to which something is written', () => {
  const serverThat = (does: string): string =>
    `const server = require("net").createServer(${does}); server.listen(0, "127.0.0.1", () => console.log(server.address().port))`

  async function connected(does: string): Promise<{ readonly watch: ProcessWatch; readonly socket: Socket }> {
    const { pid, line } = await started(serverThat(does))
    const watch = watching(pid)
    const socket = connect({ port: Number(line), host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    expect(await becomes(watch, true)).toBe(true)
    return { watch, socket }
  }

  it('is never idle before it has answered, though it is asked at once; and its answer was read when it is', async () => {
    const { watch, socket } = await connected('(socket) => socket.on("data", (data) => socket.write(data))')
    let heard = ''
    socket.on('data', (data) => (heard += String(data)))
    for (let round = 1; round <= 200; round++) {
      socket.write('x')
      expect(await becomesAtOnce(watch)).toBe(true)
      expect(heard).toHaveLength(round)
    }
  })

  it('is not idle before its timer is over, where it has to do nothing for longer than that', async () => {
    const { pid, line } = await started(
      serverThat('(socket) => socket.on("data", (data) => setTimeout(() => socket.write(data), 20))'),
    )
    const watch = createProcessWatch(() => [pid], 200)!
    const socket = connect({ port: Number(line), host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    expect(await becomes(watch, true)).toBe(true)
    let heard = ''
    socket.on('data', (data) => (heard += String(data)))
    socket.write('x')
    expect(await becomes(watch, true)).toBe(true)
    expect(heard).toBe('x')
  })

  it('is idle beside a byte that it does not want', async () => {
    const { watch, socket } = await connected('{ pauseOnConnect: true }, () => {}')
    socket.write('x')
    expect(await becomes(watch, true)).toBe(true)
  })
})

/** The one below it that runs; asked of `ps`, which knows nothing of the watch. */
async function idOfBusyChildOf(pid: number): Promise<number> {
  const ps = spawn('ps', ['-eo', 'pid=,ppid='], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pairs: [number, number][] = []
  for await (const line of createInterface({ input: ps.stdout })) {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    pairs.push([child!, parent!])
  }
  const below = (of: number): number[] => pairs.filter(([, parent]) => parent === of).map(([child]) => child)
  return below(pid).flatMap(below)[0]!
}
