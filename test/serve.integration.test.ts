/**
 * `doorbuster serve` as a person uses it: one line that says where it is, a sale to buy from, books to look into, and
 * nothing left, however it ends.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { ADMIN_TOKEN_ENV, ROUTES } from '../src/core/wire.ts'
import { findK6 } from '../src/load/k6/find-k6.ts'
import type { ServeReadyLine } from '../src/run/serve.ts'
import { acquireServices, sweepDeadRuns } from '../src/services/index.ts'
import { doorbuster, processesWith, type Running, start, type StartOptions, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const TOKEN = 'a-token-that-was-given'

interface Served {
  readonly line: ServeReadyLine
  readonly running: Running
}

async function served(args: readonly string[], options: StartOptions = {}): Promise<Served> {
  const running = start(['serve', ...args], options)
  const line = await running.said(/^\{"ready":true.*\}$/m)
  return { line: JSON.parse(line) as ServeReadyLine, running }
}

async function buy({ line }: Served, sku: string, requestId: string): Promise<number> {
  const { status } = await fetch(line.url + ROUTES.orders(sku), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': requestId },
    body: JSON.stringify({ userId: `u-${requestId}`, quantity: 1 }),
  })
  return status
}

/** Of the run that a descriptor's schema names. */
function runIdOf({ line }: Served): string {
  return line.stores.postgres!.schema.replace('doorbuster_', '')
}

describeWithServices(['postgres'], 'doorbuster serve', () => {
  it('opens a sale, lets it be bought from and audited, and leaves nothing', async () => {
    const one = await served(['--strategy', 'atomic-update', '--sku', 'red-42', '--stock', '3', '--instances', '2'])
    const { line, running } = one
    expect(line).toMatchObject({
      strategy: 'atomic-update',
      instances: 2,
      sale: { sku: 'red-42', stock: 3, perUserLimit: null },
      stores: { postgres: { schema: expect.stringMatching(/^doorbuster_/) }, redis: null },
    })
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => buy(one, 'red-42', id)))).toEqual(
      expect.arrayContaining([201, 201, 201, 409]),
    )
    expect(statSync(line.descriptor).mode & 0o777).toBe(0o600)
    const { stdout, exitCode } = await doorbuster(['verify', '--ledger-from', line.descriptor, '--json'])
    const { verdict, checks } = JSON.parse(stdout) as { verdict: string; checks: { check: string; verdict: string }[] }
    expect([verdict, exitCode]).toEqual(['passed', 0])
    expect(checks).toContainEqual(expect.objectContaining({ check: 'conservation', verdict: 'pass' }))

    running.kill('SIGTERM')
    const finished = await running.finished
    expect(finished.exitCode).toBe(0)
    expect(finished.stdout.trimEnd().split('\n')).toEqual([JSON.stringify(line)])
    expect(finished.stderr).toContain('stopping (once more to leave at once)')
    expect(existsSync(line.descriptor)).toBe(false)
    expect(processesWith(runIdOf(one))).toEqual([])
  })

  it('is a target whose sales a run opens, buys from and judges', async () => {
    const { line, running } = await served(['--strategy', 'optimistic', '--json'])
    const args = ['run', 'smoke', '--target', line.descriptor, '--rate', '100', '--duration', '2s', '--json']
    const { stdout, stderr } = await doorbuster(args)
    const record = JSON.parse(stdout) as RunRecord
    expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(stderr).not.toContain(line.adminToken)
    expect(stdout).not.toContain(line.adminToken)
    const passed = record.checks.filter(({ verdict }) => verdict === 'pass').map(({ check }) => check)
    expect(passed).toEqual(expect.arrayContaining(['no-oversell', 'acknowledged-kept', 'conservation', 'exactly-once']))
    running.kill('SIGINT')
    expect(await running.finished).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('repeats nothing that came from the environment, and has it named in the descriptor', async () => {
    const settings = { synchronousCommit: 'on', appendfsync: 'everysec' } as const
    const env = { ...process.env, DATABASE_URL: undefined }
    const theirs = await acquireServices({ needs: ['postgres'], mode: 'auto', settings, runId: 'theirs-serve', env })
    try {
      const databaseUrl = theirs.postgres!.url
      const given = { DATABASE_URL: databaseUrl, [ADMIN_TOKEN_ENV]: TOKEN }
      const cwd = temporaryFolder()
      const args = ['--strategy', 'atomic-update', '--services', 'external', '--sku', 's', '--stock', '1']
      const one = await served([...args, '--descriptor', 'shop.yaml'], { cwd, env: given })
      const { line, running } = one
      expect(line).toMatchObject({ adminToken: null, stores: { postgres: { provider: 'external', url: null } } })
      const text = readFileSync(join(cwd, 'shop.yaml'), 'utf8')
      for (const secret of [TOKEN, databaseUrl]) expect(text + JSON.stringify(line)).not.toContain(secret)
      const settled = await fetch(line.url + ROUTES.settle, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
      })
      expect(settled.ok).toBe(true)
      expect(await buy(one, 's', 'a')).toBe(201)
      const verify = ['verify', '--ledger-from', line.descriptor]
      expect((await doorbuster(verify, { env: given })).stdout).toContain('not oversold')
      expect(await doorbuster(verify, { env: { DATABASE_URL: '' } })).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('needs DATABASE_URL from the environment'),
      })
      running.kill('SIGTERM')
      expect((await running.finished).exitCode).toBe(0)
    } finally {
      await theirs[Symbol.asyncDispose]()
    }
  })

  it('takes its server with it when it is killed, and the next start takes the rest', async () => {
    const one = await served(['--strategy', 'atomic-update'])
    one.running.kill('SIGKILL')
    await one.running.finished
    await vi.waitUntil(() => processesWith(`doorbuster-target-${runIdOf(one)}`).length === 0, { timeout: 20_000 })
    await sweepDeadRuns(process.env)
    expect(existsSync(one.line.descriptor)).toBe(false)
    expect(processesWith(one.line.descriptor.replace(/\/target\.yaml$/, ''))).toEqual([])
  })

  it('ends with exit code 5 when its server does not live', async () => {
    const one = await served(['--strategy', 'atomic-update'])
    process.kill(one.line.pid, 'SIGKILL')
    expect(await one.running.finished).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('the reference server ended by itself'),
    })
    expect(processesWith(runIdOf(one))).toEqual([])
  })

  it('ends with exit code 5 where its port is taken, and says so', async () => {
    const { line, running } = await served(['--strategy', 'atomic-update'])
    const port = new URL(line.url).port
    const other = await doorbuster(['serve', '--strategy', 'atomic-update', '--port', port])
    expect(other).toMatchObject({
      exitCode: 5,
      stdout: '',
      stderr: expect.stringMatching(/EADDRINUSE|address already/),
    })
    running.kill('SIGTERM')
    await running.finished
  })

  it('writes its descriptor over one of its own, and over nothing else', async () => {
    const cwd = temporaryFolder()
    const path = join(cwd, 'shop.yaml')
    writeFileSync(path, 'name: mine\n')
    const args = ['--strategy', 'atomic-update', '--descriptor', 'shop.yaml', '--public-url', 'http://shop.test:8080/']
    expect(await doorbuster(['serve', ...args], { cwd })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('was not written by'),
    })
    expect(readFileSync(path, 'utf8')).toBe('name: mine\n')
    writeFileSync(path, '# The sale that `doorbuster serve` serves, for `doorbuster run --target`.\nname: killed\n')
    const { line, running } = await served(args, { cwd })
    expect(line.url).toBe('http://shop.test:8080')
    expect(readFileSync(path, 'utf8')).toMatch(/^url: http:\/\/shop\.test:8080$/m)
    running.kill('SIGTERM')
    await running.finished
    expect(existsSync(path)).toBe(false)
  })
})

describeWithServices(['postgres', 'redis', 'k6'], 'a k6 script against what is served', () => {
  it('opens the sale and sells, and the books are judged afterwards', async () => {
    const cwd = temporaryFolder()
    const { line, running } = await served(['--strategy', 'redis-lua'])
    const scenario = [
      'name: short',
      'seed: 1',
      'sale: {stock: 50, perUserLimit: 2}',
      'buyers: {population: 100, quantity: 1}',
      'steps: [{rate: 50, duration: 2s}]',
    ]
    writeFileSync(join(cwd, 'short.yaml'), scenario.join('\n'))
    const script = await doorbuster(['k6', 'script', 'short.yaml'], { cwd })
    writeFileSync(join(cwd, 'short.js'), script.stdout)
    const environment = ['-e', `BASE_URL=${line.url}`, '-e', `ADMIN_TOKEN=${line.adminToken}`]
    const options = { cwd, timeout: 60_000, stdio: 'ignore' as const }
    execFileSync(findK6(process.env).path, ['run', '--quiet', ...environment, 'short.js'], options)
    const sale = ['--sku', 'step-1', '--initial-stock', '50', '--per-user-limit', '2']
    const verified = await doorbuster(['verify', '--ledger-from', line.descriptor, ...sale])
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('not oversold: 50 sold of 50') })
    running.kill('SIGTERM')
    expect((await running.finished).exitCode).toBe(0)
  })
})

describe('serve', () => {
  it.each([
    ['no strategy', [], /which strategy\?[\s\S]*atomic-update/],
    ['a sale without stock', ['--strategy', 'naive', '--sku', 'a'], /--sku opens a sale, and needs --stock/],
    ['stock of nothing', ['--strategy', 'naive', '--stock', '3'], /--stock says nothing without --sku/],
    ['a limit of nothing', ['--strategy', 'naive', '--per-user-limit', '3'], /--per-user-limit says nothing without/],
    ['a SKU that is none', ['--strategy', 'naive', '--sku', 'a b', '--stock', '1'], /letters, digits/],
    ['a port that is none', ['--strategy', 'naive', '--port', '70000'], /from 0 to 65535/],
    ['a URL that is none', ['--strategy', 'naive', '--public-url', 'shop:80'], /begins with http/],
    ['a file without a name', ['--strategy', 'naive', '--descriptor', ''], /must name a file/],
  ])('refuses %s with exit code 2', async (_, args, expected) => {
    const finished = await doorbuster(['serve', ...args])
    expect(finished).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(expected) })
  })

  it('refuses a token that is none, and does not show it', async () => {
    const env = { [ADMIN_TOKEN_ENV]: 'too short' }
    const finished = await doorbuster(['serve', '--strategy', 'naive'], { env })
    expect(finished).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('16 to 256 printable characters') })
    expect(finished.stderr).not.toContain('too short')
  })
})
