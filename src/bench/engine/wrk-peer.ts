/** wrk (closed loop) and wrk2 (`wrk2` on the PATH, open loop), where they are installed. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PeerFigures, PeerLoad } from './peer.ts'

const SCRIPT = `wrk.method = "POST"
wrk.body = '{"userId":"u1","quantity":1}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Idempotency-Key"] = "bench-1"
`

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}

export async function runWrk(command: 'wrk' | 'wrk2', load: PeerLoad): Promise<PeerFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-bench-'))
  try {
    const script = join(folder, 'post.lua')
    writeFileSync(script, SCRIPT)
    const cpuBefore = childrenCpuSeconds()
    const args = ['-t1', `-c${load.connections}`, `-d${Math.round(load.durationMs / 1000)}s`, '-s', script]
    if (load.ratePerSec !== null) args.push(`-R${load.ratePerSec}`)
    const child = spawn(command, [...args, `${load.url}/v1/sales/bench/orders`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    await once(child, 'close')
    const [, requests] = /(\d+) requests in/.exec(output) ?? []
    return {
      completed: Number(requests ?? Number.NaN),
      elapsedMs: load.durationMs,
      cpuSeconds: childrenCpuSeconds() - cpuBefore,
      latenessMs: null,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** CPU of children that ended, from Linux; in steps of 10 ms. NaN elsewhere. */
export function childrenCpuSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]!.split(' ')
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return Number.NaN
  }
}
