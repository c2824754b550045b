/**
 * The images that the tests of the provider `docker` run. Where the pinned ones are there, or others are named, it is
 * these. Else, on Linux, an image of the Postgres and the Redis of this machine is made and imported, with an entrypoint
 * that takes what the official ones take: nothing is pulled. It bears names of its own, and is gone after the tests.
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectEngine, type Engine } from '../../src/services/docker/engine.ts'
import { IMAGE_VARIABLE, imageOf } from '../../src/services/docker/images.ts'
import { localPostgres } from '../../src/services/local/postgres.ts'
import { findOnPath } from '../../src/services/local/search-path.ts'
import { unpackedRedis } from '../../src/services/embedded/redis-folder.ts'

const ENTRYPOINT = fileURLToPath(new URL('entrypoint.sh', import.meta.url))
const IMPORTED = 'doorbuster-test/stores'
/** What the entrypoint and the health checks of docker-compose.yml call. */
const TOOLS = ['sh', 'id', 'mkdir', 'chmod', 'chown', 'rm', 'grep', 'cat', 'setpriv']

export interface TestImages extends AsyncDisposable {
  /** To be added to the environment of what shall run them. */
  readonly env: Readonly<Record<string, string>>
}

/** Throws where there is no engine. */
export async function testImages(): Promise<TestImages> {
  const engine = await connectEngine(process.env)
  const postgres = await localPostgresFolder()
  if (postgres === null || redisServer() === null || (await hasEveryImage(engine))) {
    return { env: {}, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const image = `${IMPORTED}:${process.pid}`
  await importRoot(engine, image, {
    changes: ['ENTRYPOINT ["/docker-entrypoint.sh"]', 'WORKDIR /data', `ENV PATH=${postgres}:/usr/bin`],
    fill: (root) => fillRoot(root, postgres),
  })
  return {
    env: { [IMAGE_VARIABLE.postgres]: image, [IMAGE_VARIABLE.redis]: image },
    [Symbol.asyncDispose]: async () => void (await engine.client.container.dockerode.getImage(image).remove()),
  }
}

/** Those that the provider would run. */
async function hasEveryImage({ client }: Engine): Promise<boolean> {
  const { ImageName } = await import('testcontainers')
  const images = (['postgres', 'redis'] as const).map((store) => ImageName.fromString(imageOf(store, process.env)))
  const isThere = await Promise.all(images.map((image) => client.image.exists(image)))
  return isThere.every(Boolean)
}

/** An image of a folder that `fill` fills, of one layer. `changes` are instructions of a Dockerfile. */
export async function importRoot(
  { client }: Engine,
  image: string,
  { changes, fill }: { readonly changes: readonly string[]; readonly fill: (root: string) => void | Promise<void> },
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'doorbuster-image-'))
  try {
    await fill(root)
    const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [repo, tag] = image.split(':') as [string, string]
    const answer = await client.container.dockerode.importImage(tar.stdout, { repo, tag, changes: [...changes] })
    for await (const line of answer) void line
  } finally {
    rmSync(root, { recursive: true })
  }
}

function fillRoot(root: string, postgres: string): void {
  for (const folder of ['usr/bin', 'etc', 'data', 'tmp', 'var/run', 'usr/share', 'usr/lib']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  // The root of the image, which its servers' users have to enter.
  chmodSync(root, 0o755)
  chmodSync(join(root, 'tmp'), 0o1777)
  copyFileSync(ENTRYPOINT, join(root, 'docker-entrypoint.sh'))
  writeFileSync(
    join(root, 'etc/passwd'),
    ['root:x:0:0::/:', 'postgres:x:999:999::/:', 'redis:x:998:998::/:', ''].join('\n'),
  )
  writeFileSync(join(root, 'etc/group'), ['root:x:0:', 'postgres:x:999:', 'redis:x:998:', ''].join('\n'))
  for (const tool of TOOLS) copyProgram(root, programOnPath(tool), join('/usr/bin', tool))
  // The interpreter that the entrypoint names.
  copyProgram(root, programOnPath('sh'), '/bin/sh')
  copyPostgres(root, postgres)
  copyRedis(root)
}

/** null where none is installed, or this is no Linux: an image holds the programs of this machine. */
async function localPostgresFolder(): Promise<string | null> {
  if (process.platform !== 'linux') return null
  const finding = await localPostgres.find(process.env)
  return finding.found ? dirname(realpathSync(finding.where)) : null
}

function redisServer(): { readonly server: string; readonly libraryFolders: readonly string[] } | null {
  const onPath = findOnPath(['redis-server'], process.env)
  return onPath === null ? unpackedRedis(process.env) : { server: onPath, libraryFolders: [] }
}

/** As Debian installs it: programs and data in two places, of which the first finds the second by its own path. */
function copyPostgres(root: string, programs: string): void {
  for (const program of ['postgres', 'initdb', 'pg_isready']) {
    copyProgram(root, join(programs, program), join(programs, program))
  }
  const folderOf = (option: string) => execFileSync(join(programs, 'pg_config'), [option], { encoding: 'utf8' }).trim()
  // Without what its just-in-time compiler needs, which is off.
  copyFolder(root, folderOf('--pkglibdir'), (path) => !/bitcode|llvmjit/.test(path))
  copyFolder(root, folderOf('--sharedir'))
  copyFolder(root, '/usr/share/zoneinfo/Etc')
}

function copyRedis(root: string): void {
  const { server, libraryFolders } = redisServer()!
  for (const program of ['redis-server', 'redis-cli']) {
    copyProgram(root, join(dirname(server), program), join('/usr/bin', program), libraryFolders)
  }
}

/** With the libraries that it needs, to where the loader looks for them without being told. */
export function copyProgram(root: string, from: string, to: string, libraryFolders: readonly string[] = []): void {
  copyTo(root, from, to)
  const env = { ...process.env, LD_LIBRARY_PATH: libraryFolders.join(':') }
  const output = execFileSync('ldd', [from], { env, encoding: 'utf8' })
  for (const [, path = ''] of output.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)) {
    const ofSystem = libraryFolders.every((folder) => dirname(path) !== folder)
    copyTo(root, path, ofSystem ? path : join('/usr/lib', path.split('/lib/').at(-1) ?? basename(path)))
  }
}

function copyFolder(root: string, folder: string, filter: (path: string) => boolean = () => true): void {
  cpSync(folder, join(root, folder), { recursive: true, dereference: true, filter })
}

function copyTo(root: string, from: string, to: string): void {
  const target = join(root, to)
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(realpathSync(from), target)
}

/** Throws where there is none. */
export function programOnPath(tool: string): string {
  const path = findOnPath([tool], process.env)
  if (path === null) throw new Error(`${tool} is not on the PATH`)
  return path
}
