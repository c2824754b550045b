/** The set-up's Redis, with the real apt and, where something must go wrong, with an apt that does. */
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { embeddedRedis } from '../embedded/redis.ts'
import { localRedis } from '../local/redis.ts'
import { waysToARedis } from '../remedies.ts'
import type { Environment } from '../service.ts'
import { missingDebianTools } from './debian-redis.ts'
import { getRedis } from './get-redis.ts'

const begin = () => () => undefined
const confirm = () => Promise.resolve(false)
const required = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',')

/** Made before the tests: whether some of them can be made is asked of an environment. */
const searchPaths = mkdtempSync(join(tmpdir(), 'doorbuster-path-'))
afterAll(() => rmSync(searchPaths, { recursive: true }))

let scratch = ''
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'doorbuster-get-'))
})
afterEach(() => rmSync(scratch, { recursive: true }))

/** The machine as it is, but for a Redis, and with a cache folder of the test's own. */
function environment(more: Environment = {}): Environment {
  const path = (process.env['PATH'] ?? '').split(':').map((folder) => withoutRedis(folder))
  return {
    ...process.env,
    REDIS_URL: '',
    DOORBUSTER_CACHE_DIR: undefined,
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    PATH: path.join(':'),
    XDG_CACHE_HOME: join(scratch, 'cache'),
    ...more,
  }
}

const SERVERS = ['redis-server', 'valkey-server']

/** The folder, or one of links to all that is in it but a Redis. */
function withoutRedis(folder: string): string {
  if (SERVERS.every((server) => !existsSync(join(folder, server)))) return folder
  const links = join(searchPaths, folder)
  if (existsSync(links)) return links
  mkdirSync(links, { recursive: true })
  for (const name of readdirSync(folder)) {
    if (!SERVERS.includes(name)) symlinkSync(join(folder, name), join(links, name))
  }
  return links
}

/** A folder for the PATH in which one of the system's tools is another program. */
function replacing(tool: string, script: string): string {
  const folder = join(scratch, 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `${folder}:${environment()['PATH']}`
}

describe('getRedis', () => {
  it('does nothing where a server is named', async () => {
    const env = environment({ REDIS_URL: 'redis://127.0.0.1:6379' })
    expect(await getRedis({ env, insist: true, begin, confirm })).toEqual({ kind: 'there' })
    expect(existsSync(join(scratch, 'cache'))).toBe(false)
  })

  it('unpacks one of its own although a server is named, where that is asked for', async () => {
    const env = environment({ REDIS_URL: 'redis://127.0.0.1:6379', PATH: '/nonexistent' })
    const result = await getRedis({ env, insist: true, own: true, begin, confirm })
    expect(result).toMatchObject({ kind: 'none', why: missingDebianTools(env) })
  })

  it('prints the three ways where this is no Debian, and does not try again at once', async () => {
    const env = environment({ PATH: '/nonexistent' })
    const first = await getRedis({ env, insist: false, begin, confirm })
    expect(first).toMatchObject({ kind: 'none', knownBefore: false })
    expect(first).toHaveProperty('ways', expect.stringMatching(/REDIS_URL[^]*apt-get install[^]*Docker/))
    expect(await getRedis({ env, insist: false, begin, confirm })).toMatchObject({ kind: 'none', knownBefore: true })
    expect(await getRedis({ env, insist: true, begin, confirm })).toMatchObject({ kind: 'none', knownBefore: false })
  })
})

/** A machine with Homebrew, which is a script here, and without what Debian has. */
function withBrew(script: string): { env: Environment; bin: string; asked: string[] } {
  const bin = join(scratch, 'bin')
  mkdirSync(bin)
  // Of the system's tools, those that the script may call.
  for (const tool of ['sh', 'cat', 'chmod']) symlinkSync(`/bin/${tool}`, join(bin, tool))
  writeFileSync(join(bin, 'brew'), `#!/bin/sh\necho "$@" >> "${scratch}/brew.log"\n${script}\n`, { mode: 0o755 })
  return { env: environment({ PATH: bin }), bin, asked: [] }
}

/** As a formula does: the server is on the PATH afterwards. */
const BREWS_REDIS = `cat > "$(dirname "$0")/redis-server" <<'END'
#!/bin/sh
echo 'Redis server v=8.2.1 sha=00000000:0'
END
chmod +x "$(dirname "$0")/redis-server"`.replaceAll('$(dirname "$0")', '${0%/*}')

describe('getRedis with Homebrew', () => {
  const answering = (answer: boolean, asked: string[]) => (question: string) => {
    asked.push(question)
    return Promise.resolve(answer)
  }

  it('installs Redis after a yes, and finds it then', async () => {
    const { env, asked } = withBrew(BREWS_REDIS)
    const confirmed = answering(true, asked)
    expect(await getRedis({ env, insist: true, begin, confirm: confirmed })).toEqual({ kind: 'installed' })
    expect(asked).toEqual([expect.stringContaining('brew install redis')])
    expect(readFileSync(join(scratch, 'brew.log'), 'utf8')).toBe('install redis\n')
    expect(await localRedis.find(env)).toMatchObject({ found: true })
    expect(await getRedis({ env, insist: true, begin, confirm: confirmed })).toEqual({ kind: 'there' })
    expect(asked).toHaveLength(1)
  })

  it('installs nothing without a yes, and asks again only where it is insisted on', async () => {
    const { env, asked } = withBrew(BREWS_REDIS)
    const declined = answering(false, asked)
    expect(await getRedis({ env, insist: false, begin, confirm: declined })).toMatchObject({
      kind: 'none',
      why: 'it was not to be installed with Homebrew',
      ways: expect.stringMatching(/brew install redis .*--yes/),
    })
    expect(existsSync(join(scratch, 'brew.log'))).toBe(false)
    expect(await getRedis({ env, insist: false, begin, confirm: declined })).toMatchObject({ knownBefore: true })
    expect(asked).toHaveLength(1)
    await getRedis({ env, insist: true, begin, confirm: declined })
    expect(asked).toHaveLength(2)
  })

  it('says what brew said when it fails', async () => {
    const { env, asked } = withBrew('echo "Error: no bottle available" >&2; exit 1')
    const result = await getRedis({ env, insist: true, begin, confirm: answering(true, asked) })
    expect(result).toMatchObject({ kind: 'none', why: 'brew: Error: no bottle available' })
  })
})

describe('getRedis with a Docker engine', () => {
  it('leaves it to the engine where there is no other way', async () => {
    const socket = join(scratch, 'docker.sock')
    const listening = createServer().listen(socket)
    await once(listening, 'listening')
    try {
      const env = environment({ PATH: '/nonexistent', DOCKER_HOST: `unix://${socket}` })
      expect(await getRedis({ env, insist: true, begin, confirm })).toEqual({ kind: 'docker' })
    } finally {
      listening.close()
    }
  })
})

describe('the ways to a Redis', () => {
  it.each([
    ['dnf', 'dnf install valkey'],
    ['apk', 'apk add valkey'],
    ['pacman', 'pacman -S valkey'],
    ['zypper', 'zypper install valkey'],
    ['brew', 'brew install redis'],
  ])('name the command of %s where it is what the system has', (tool, command) => {
    const bin = join(scratch, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, tool), '#!/bin/sh\n', { mode: 0o755 })
    expect(waysToARedis({ PATH: bin })).toContain(command)
    expect(waysToARedis({ PATH: bin })).not.toContain('apt-get')
  })
})

describe.skipIf(missingDebianTools(environment()) !== null)('getRedis on Debian and Ubuntu', () => {
  it('takes nothing half-made for a Redis, and leaves nothing of it', async () => {
    const env = environment({ PATH: replacing('apt-get', 'echo "E: no route to host" >&2; exit 100') })
    const result = await getRedis({ env, insist: true, begin, confirm })
    expect(result).toMatchObject({ kind: 'none', why: 'apt-get: E: no route to host' })
    expect((await embeddedRedis.find(env)).found).toBe(false)
    expect(readdirSync(join(scratch, 'cache/doorbuster'))).toEqual(['redis.failed'])
  })

  it('takes Valkey where the distribution has no Redis', async () => {
    // The packages of a system that has been given up by Redis, made by the real dpkg-deb.
    const script = `case "$*" in
      *' update') ;;
      *valkey-server*)
        for package in valkey-server valkey-tools; do
          mkdir -p $package/DEBIAN $package/usr/bin
          printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: a test <a@b.c>\\nDescription: x\\n' $package > $package/DEBIAN/control
        done
        printf '#!/bin/sh\\necho "Server v=8.1.4 sha=00000000:0"\\n' > valkey-tools/usr/bin/valkey-server
        chmod +x valkey-tools/usr/bin/valkey-server
        for package in valkey-server valkey-tools; do dpkg-deb -b $package $package.deb >/dev/null; rm -r $package; done ;;
      *) echo 'E: Unable to locate package redis-server' >&2; exit 100 ;;
    esac`
    const env = environment({ PATH: replacing('apt-get', script) })
    expect(await getRedis({ env, insist: true, begin, confirm })).toEqual({ kind: 'unpacked', version: '8.1.4' })
    const finding = await embeddedRedis.find(env)
    expect(finding).toMatchObject({ found: true, where: expect.stringMatching(/valkey-server$/) })
  })

  it('unpacks one that runs, once for two that ask at the same time', async (context) => {
    const env = environment()
    const results = await Promise.all([
      getRedis({ env, insist: true, begin, confirm }),
      getRedis({ env, insist: true, begin, confirm }),
    ])
    if (results[0]?.kind === 'none' && !required.includes('embedded')) {
      process.stderr.write(`\nSKIPPED the download of Redis: ${results[0].why}\n`)
      context.skip()
    }
    expect(results.map((result) => result.kind).sort()).toEqual(['there', 'unpacked'])
    expect(await embeddedRedis.find(env)).toMatchObject({ found: true })
    expect(readdirSync(join(scratch, 'cache/doorbuster'))).toEqual(['redis'])
    expect(readdirSync(join(scratch, 'cache/doorbuster/redis')).sort()).toEqual(['redis.json', 'root'])
  })
})
