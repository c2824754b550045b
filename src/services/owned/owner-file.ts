/**
 * What one harness process has started and must take away, written down before it is started, so that the next start
 * can take it away when this one was killed. One folder a run; everything that the run keeps on disk stands inside it.
 *
 * Writes are synchronous and by rename: what is written down is never behind what was done, nor half written.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { removeLeftOverSegment } from './shared-memory.ts'

const OWNER_SCHEMA = 'doorbuster.owner/1'
const FILE_NAME = 'owner.json'

/** Where in a run's folder its Postgres keeps its data. */
export const POSTGRES_DATA = 'postgres/data'

/** A folder without an owner file this old was left by a process that died before it wrote one. */
const UNSIGNED_FOR_MS = 60_000

const identity = z.object({ pid: z.int().positive(), startedAt: z.string() })

const processEntry = z.object({
  program: z.string().min(1),
  marker: z.string().min(1),
  stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL']),
  /** null between the intent and the spawn. */
  identity: identity.nullable(),
})

/** Something made in a server that isn't ours. The digest of its URL tells whether we can reach it again. */
const foreignEntry = z.object({
  store: z.enum(['postgres', 'redis']),
  urlDigest: z.string(),
  /** A schema's name, or a key prefix. */
  name: z.string().min(1),
  /** What proves that it is ours: the schema's comment. */
  token: z.string().min(1),
})

/** A container that the run has in a Docker engine. */
const containerEntry = z.object({
  /** As the engine calls itself. */
  engineId: z.string().min(1),
  name: z.string().min(1),
  /** What proves that it is ours: a label. */
  token: z.string().min(1),
})

const ownerFile = z.object({
  schema: z.literal(OWNER_SCHEMA),
  runId: z.string(),
  owner: identity,
  scope: z.object({ boot: z.string(), namespace: z.string() }),
  processes: z.record(z.string(), processEntry),
  foreign: z.array(foreignEntry),
  /** Not written by versions before there were any. */
  containers: z.array(containerEntry).default([]),
})

export type ProcessEntry = z.infer<typeof processEntry>
export type ForeignEntry = z.infer<typeof foreignEntry>
export type ContainerEntry = z.infer<typeof containerEntry>
export type OwnerFile = z.infer<typeof ownerFile>

export function emptyOwnerFile(details: Pick<OwnerFile, 'runId' | 'owner' | 'scope'>): OwnerFile {
  return { schema: OWNER_SCHEMA, ...details, processes: {}, foreign: [], containers: [] }
}

export function writeOwnerFile(folder: string, content: OwnerFile): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o711 }) !== undefined) {
    // Whatever the umask made of it: servers that run as another user pass through.
    chmodSync(folder, 0o711)
  }
  const temporary = join(folder, `${FILE_NAME}.new`)
  writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 })
  renameSync(temporary, join(folder, FILE_NAME))
}

/** 'unsigned': there is none, and none will come. 'foreign': not ours to read, perhaps of another version of Doorbuster. */
export function readOwnerFile(folder: string, nowMs: number): OwnerFile | 'unsigned' | 'too-new' | 'foreign' {
  const path = join(folder, FILE_NAME)
  if (!existsSync(path)) return isOlderThan(folder, nowMs - UNSIGNED_FOR_MS) ? 'unsigned' : 'too-new'
  try {
    return ownerFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return 'foreign'
  }
}

function isOlderThan(folder: string, ms: number): boolean {
  try {
    return statSync(folder).mtimeMs < ms
  } catch {
    return false
  }
}

/** With what a killed Postgres in it has left elsewhere. */
export function removeRunFolder(folder: string): void {
  removeLeftOverSegment(join(folder, POSTGRES_DATA))
  removeFolder(folder)
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}
