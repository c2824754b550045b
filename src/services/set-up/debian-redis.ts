/**
 * Downloads Redis as Debian and Ubuntu package it and unpacks it into a folder: as the present user, with nothing
 * installed, no service started, and the system's package lists untouched.
 *
 * apt gets a state folder of its own, so that it needs no root; the packages' signatures are checked as ever.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Environment } from '../service.ts'
import { findOnPath } from '../local/search-path.ts'
import { runTool, type ToolAnswer } from './run-tool.ts'

export type Unpacked =
  | { readonly ok: true; readonly server: string; readonly libraryFolders: readonly string[] }
  | { readonly ok: false; readonly why: string }

const TOOLS = ['apt-get', 'apt-cache', 'dpkg-deb', 'dpkg-query', 'ldd'] as const
const UPDATE_WITHIN_MS = 120_000
const DOWNLOAD_WITHIN_MS = 120_000
const ASK_WITHIN_MS = 30_000

/** The server's package, and the one that Debian keeps its executable in. */
const FLAVOURS = [
  { program: 'redis-server', packages: ['redis-server', 'redis-tools'] },
  { program: 'valkey-server', packages: ['valkey-server', 'valkey-tools'] },
] as const

/** null when this system has all that is needed; else why it can't be done here. */
export function missingDebianTools(env: Environment): string | null {
  const missing = TOOLS.filter((tool) => findOnPath([tool], env) === null)
  return missing.length === 0 ? null : `this is no Debian or Ubuntu (no ${missing.join(', ')})`
}

/** Unpacks below `folder/root`. `folder` must exist and be empty. */
export async function unpackDebianRedis(folder: string, environment: Environment): Promise<Unpacked> {
  const apt = aptIn(folder, environment)
  const updated = await apt.run('apt-get', ['-qq', 'update'], UPDATE_WITHIN_MS)
  // One source of several may be broken: what matters is whether the packages can be had.
  let why = updated.complaint
  for (const flavour of FLAVOURS) {
    const got = await apt.download(flavour.packages)
    if (got.ok) return await completed(apt, join(apt.root, 'usr/bin', flavour.program), flavour.packages)
    why ||= got.complaint
  }
  return { ok: false, why }
}

/** Adds the libraries that this system lacks. */
async function completed(apt: Apt, server: string, packages: readonly string[]): Promise<Unpacked> {
  if (!existsSync(server)) return { ok: false, why: `the package holds no ${server}` }
  if ((await missingLibraries(apt, server)).length > 0) {
    const libraries = await apt.missingLibraryPackages(packages)
    const got = await apt.download(libraries)
    if (!got.ok) return { ok: false, why: got.complaint }
  }
  const missing = await missingLibraries(apt, server)
  if (missing.length > 0) return { ok: false, why: `libraries are missing: ${missing.join(', ')}` }
  return { ok: true, server, libraryFolders: libraryFolders(apt.root) }
}

async function missingLibraries(apt: Apt, server: string): Promise<string[]> {
  const answer = await apt.ask('ldd', [server], { LD_LIBRARY_PATH: libraryFolders(apt.root).join(delimiter) })
  return parseMissingLibraries(answer.output)
}

/** From lines such as `liblzf.so.1 => not found`. */
export function parseMissingLibraries(lddOutput: string): string[] {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '')
}

/** lib and usr/lib, and in each the folder of the machine's architecture: `x86_64-linux-gnu`. */
function libraryFolders(root: string): string[] {
  const parents = ['usr/lib', 'lib'].map((name) => join(root, name)).filter((path) => existsSync(path))
  return parents.flatMap((parent) => [
    ...readdirSync(parent)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(parent, name)),
    parent,
  ])
}

interface Apt {
  /** Where packages are unpacked. */
  readonly root: string
  /** Runs another tool that answers at once. */
  ask(tool: string, args: readonly string[], env?: Environment): Promise<ToolAnswer>
  run(tool: 'apt-get' | 'apt-cache', args: readonly string[], timeoutMs: number): Promise<ToolAnswer>
  /** Downloads and unpacks. */
  download(packages: readonly string[]): Promise<ToolAnswer>
  /** What the packages depend on, down to the last, and is not installed here. */
  missingLibraryPackages(packages: readonly string[]): Promise<string[]>
}

function aptIn(folder: string, environment: Environment): Apt {
  const root = join(folder, 'root')
  const downloads = join(folder, 'downloads')
  for (const path of [root, downloads, join(folder, 'lists/partial'), join(folder, 'cache/archives/partial')]) {
    mkdirSync(path, { recursive: true })
  }
  const config = join(folder, 'apt.conf')
  writeFileSync(config, aptConfig(folder))
  const run: Apt['run'] = (tool, args, timeoutMs) =>
    runTool(tool, ['-c', config, ...args], { cwd: downloads, timeoutMs, env: environment })
  const ask: Apt['ask'] = (tool, args, env) =>
    runTool(tool, args, { cwd: downloads, timeoutMs: ASK_WITHIN_MS, env: { ...environment, ...env } })
  return {
    root,
    run,
    ask,
    download: async (packages) => {
      if (packages.length === 0) return { ok: true, output: '', complaint: '' }
      const known = new Set(readdirSync(downloads))
      const got = await run('apt-get', ['-qq', 'download', ...packages], DOWNLOAD_WITHIN_MS)
      if (!got.ok) return got
      const fresh = readdirSync(downloads).filter((name) => name.endsWith('.deb') && !known.has(name))
      for (const file of fresh) {
        const unpacked = await ask('dpkg-deb', ['-x', file, root])
        if (!unpacked.ok) return unpacked
      }
      return got
    },
    missingLibraryPackages: async (packages) => {
      const depends = await run('apt-cache', ['depends', '--recurse', '--important', ...packages], ASK_WITHIN_MS)
      const installed = await ask('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'])
      return libraryPackages(depends.output, installed.output).filter((name) => !packages.includes(name))
    },
  }
}

/** Read after the system's own, whose entries for proxies and the like still hold; its hooks, written for root, don't. */
function aptConfig(folder: string): string {
  return [
    `Dir::State::lists "${folder}/lists";`,
    `Dir::Cache "${folder}/cache";`,
    'Debug::NoLocking "true";',
    // As root, apt would fetch as `_apt`, who can't enter this folder.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Acquire::https::Timeout "20";',
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear APT::Update::Post-Invoke-Stats;',
    '',
  ].join('\n')
}

/**
 * Names of packages that `apt-cache depends` lists, that hold a library by their name, and that dpkg doesn't show as
 * installed. Debian's modules for Lua (`lua-cjson`) are libraries too.
 */
export function libraryPackages(dependsOutput: string, installedOutput: string): string[] {
  const installed = new Set(
    installedOutput
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0] ?? ''),
  )
  const named = [...dependsOutput.matchAll(/^(?:\s*\|?(?:Depends|PreDepends): )?([a-z0-9][a-z0-9.+-]*)(?::\w+)?$/gm)]
  const names = new Set(named.map((match) => match[1] ?? ''))
  return [...names].filter((name) => /^(?:lib|lua)/.test(name) && !installed.has(name))
}
