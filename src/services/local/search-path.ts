/** Looks for programs where the shell would. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Environment } from '../service.ts'

/** The first of `names` in the folders of PATH, links resolved; null if there is none. */
export function findOnPath(names: readonly string[], env: Environment): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return null
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Where the program really stands: what belongs to it stands beside that, not beside a link to it. */
export function resolved(path: string): string {
  return realpathSync(path)
}
