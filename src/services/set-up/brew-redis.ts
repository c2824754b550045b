/**
 * Installs Redis with Homebrew, on the systems that have it. Unlike what is unpacked into a folder of ours, this changes
 * the system: so it is done after a yes alone.
 */
import { findOnPath } from '../local/search-path.ts'
import type { Environment } from '../service.ts'
import { runTool } from './run-tool.ts'

/** It may have to compile. */
const INSTALL_WITHIN_MS = 900_000

export const BREW_QUESTION = 'No Redis on this machine. Install one with Homebrew (brew install redis)?'

export function hasBrew(env: Environment): boolean {
  return findOnPath(['brew'], env) !== null
}

/** null when a server is on the PATH now; else why not. */
export async function installWithBrew(env: Environment): Promise<string | null> {
  const installed = await runTool('brew', ['install', 'redis'], { cwd: '/', timeoutMs: INSTALL_WITHIN_MS, env })
  if (!installed.ok) return installed.complaint
  const server = findOnPath(['redis-server', 'valkey-server'], env)
  return server === null ? 'brew has installed it, but no redis-server is on the PATH: run `brew link redis`' : null
}
