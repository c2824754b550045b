/** Copies a folder with the system's `cp`: many times as fast as copying a thousand small files from here. */
import { spawnSync } from 'node:child_process'
import { HarnessError } from '../../core/errors.ts'
import { IN_OWN_SESSION } from '../own-session.ts'

/** `to` must not exist. Modes are kept; so are owners, for root. Links are copied as links. */
export function copyFolder(from: string, to: string): void {
  run('cp', ['-RPp', from, to])
}

/** Whatever a strict umask made of it. */
export function openToEveryone(folder: string): void {
  run('chmod', ['-R', 'a+rX', folder])
}

function run(tool: string, args: readonly string[]): void {
  const result = spawnSync(tool, args, { ...IN_OWN_SESSION, encoding: 'utf8' })
  if (result.status === 0) return
  throw new HarnessError('SERVICE_FAILED', {
    message: `${tool} ${args.join(' ')} failed: ${result.error?.message ?? result.stderr.trim()}`,
  })
}
