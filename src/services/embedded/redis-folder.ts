/** Where the set-up puts a Redis of our own, and what it writes beside it once it has seen it run. */
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { cacheFolder } from '../folders.ts'
import type { RedisPrograms } from '../server/redis-server.ts'
import type { Environment } from '../service.ts'

const MANIFEST = 'redis.json'

/** Paths are relative to the folder, which is renamed once all is in place. */
const relativePath = z.string().refine((path) => !isAbsolute(path) && !path.split('/').includes('..'))
const manifest = z.object({ server: relativePath, libraryFolders: z.array(relativePath) })

export type RedisManifest = z.infer<typeof manifest>

export function unpackedRedisFolder(env: Environment): string {
  return join(cacheFolder(env), 'redis')
}

export function manifestPath(folder: string): string {
  return join(folder, MANIFEST)
}

/** null when none was unpacked, or not to its end. */
export function unpackedRedis(env: Environment): Omit<RedisPrograms, 'version'> | null {
  const folder = unpackedRedisFolder(env)
  try {
    const { server, libraryFolders } = manifest.parse(JSON.parse(readFileSync(manifestPath(folder), 'utf8')))
    return { server: join(folder, server), libraryFolders: libraryFolders.map((path) => join(folder, path)) }
  } catch {
    return null
  }
}
