/** A harness in a process of its own, to be killed: what it leaves is what the next start has to remove. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Runs a script that prints one JSON line and waits; resolves to that line. Killed at the end of the test at the latest. */
export async function harness(script: string): Promise<{ child: ChildProcess; line: Record<string, unknown> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `${script}\nsetInterval(() => {}, 1000)`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the harness ended with ${String(code)}`))),
  ])
  return { child, line: JSON.parse(line) as Record<string, unknown> }
}

export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Zombies don't, but for those with threads: these keep its ports until the last of them is gone. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return !['Z', 'X'].includes(fields[0]!) || Number(fields[17]) > 1
  } catch {
    return false
  }
}

/** Whether all are, in ten seconds at most. */
export async function untilGone(all: readonly number[]): Promise<boolean> {
  for (let tries = 0; tries < 500 && all.some(lives); tries++) await sleep(20)
  return !all.some(lives)
}
