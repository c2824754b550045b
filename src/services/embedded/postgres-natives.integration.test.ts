/** The npm package's PostgreSQL where it is hard to run: without its links, out of reach, as the user without a home. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWithServices } from '../../../test/require-service.ts'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { openCacheFolder } from '../folders.ts'
import { findNativesPackage, type NativesPackage, runnableNatives } from './postgres-natives.ts'

const INDEX = compiledModuleUrl(import.meta.url, '../index.ts').href
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

let scratch = ''
let usualTmpdir: string | undefined
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'db-'))
  chmodSync(scratch, 0o711)
  usualTmpdir = process.env['TMPDIR']
  process.env['TMPDIR'] = scratch
})
afterEach(() => {
  if (usualTmpdir === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = usualTmpdir
  rmSync(scratch, { recursive: true })
})

function installed(): NativesPackage {
  const natives = findNativesPackage()
  if (!natives) throw new Error('the package is not installed')
  return natives
}

/** The package as npm unpacks it when install scripts are off. */
function unpackedWithoutLinks(): NativesPackage {
  const { folder, version } = installed()
  const copy = join(scratch, 'native')
  expect(spawnSync('cp', ['-R', folder, copy]).status).toBe(0)
  const links = JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  expect(links.length).toBeGreaterThan(0)
  for (const { target } of links) rmSync(join(scratch, target), { force: true })
  return { folder: copy, version }
}

/** The package as its install script leaves it; the folder is called as it is in the package, for its links. */
function unpackedWithLinks(): NativesPackage {
  const natives = unpackedWithoutLinks()
  const path = join(natives.folder, 'pg-symlinks.json')
  const links = JSON.parse(readFileSync(path, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    symlinkSync(relative(dirname(join(scratch, target)), join(scratch, source)), join(scratch, target))
  }
  return natives
}

describeWithServices(['embedded'], 'the natives of the npm package', () => {
  const env = () => ({ ...process.env, DOORBUSTER_CACHE_DIR: undefined, XDG_CACHE_HOME: join(scratch, 'cache') })

  it('run without the links of the install script, from a copy, which serves again', () => {
    const natives = unpackedWithoutLinks()
    const result = runnableNatives(natives, env())
    const copies = isRoot ? openCacheFolder() : join(scratch, 'cache/doorbuster')
    const postgres = join(copies, 'postgres', natives.version, 'bin/postgres')
    expect(result).toMatchObject({
      programs: { postgres, version: expect.stringMatching(/^postgres \(PostgreSQL\) /) },
    })
    // Nothing was made in the package itself.
    expect(existsSync(join(natives.folder, 'lib/libpq.so.5'))).toBe(false)
    rmSync(join(natives.folder, 'lib'), { recursive: true })
    expect(runnableNatives(natives, env())).toEqual(result)
  })

  it.runIf(isRoot)('run for root from a folder that only root can enter', () => {
    const { folder, version } = unpackedWithLinks()
    const closed = join(scratch, 'closed')
    renameSync(folder, closed)
    expect(runnableNatives({ folder: closed, version }, env())).toMatchObject({
      programs: { postgres: join(closed, 'bin/postgres') },
    })
    chmodSync(closed, 0o700)
    expect(runnableNatives({ folder: closed, version }, env())).toMatchObject({
      programs: { postgres: join(openCacheFolder(), 'postgres', version, 'bin/postgres') },
    })
  })

  it('are said not to run where they can not', () => {
    const natives = unpackedWithoutLinks()
    rmSync(join(natives.folder, 'bin/postgres'))
    expect(runnableNatives(natives, env())).toHaveProperty('problem')
  })

  it.runIf(isRoot)('serve a user who has neither a home nor rights', () => {
    chownSync(scratch, NOBODY, NOBODY)
    const script = `
      const { acquireServices } = await import(${JSON.stringify(INDEX)})
      const services = await acquireServices({
        needs: ['postgres'], mode: 'embedded', runId: 'nobody', env: process.env,
        settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      })
      console.log(services.postgres.record.provider)
      await services[Symbol.asyncDispose]()`
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: '/',
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', TMPDIR: scratch },
      encoding: 'utf8',
    })
    expect(result.stderr).toBe('')
    expect(result.stdout.trim()).toBe('embedded')
    expect(existsSync(join(scratch, `doorbuster-${NOBODY}`, 'cache', 'postgres-templates'))).toBe(true)
  })
})
