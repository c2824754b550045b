/** `--services docker` as a person sees it: a run to its verdict, an interruption, and a machine without an engine. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { connectEngine, type Engine } from '../src/services/docker/engine.ts'
import { type TestImages, testImages } from './docker/images.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

describeWithServices(['docker'], 'a run with --services docker', () => {
  let images: TestImages
  let engine: Engine
  beforeAll(async () => {
    engine = await connectEngine(process.env)
    images = await testImages()
  }, 600_000)
  afterAll(() => images[Symbol.asyncDispose]())

  async function containers(): Promise<string[]> {
    return (await engine.client.container.list()).map(({ Id }) => Id)
  }

  it('sells and is judged in containers, which are gone afterwards', async () => {
    const before = await containers()
    const args = ['run', 'smoke', '--strategy', 'redis-lua', '--services', 'docker', '--duration', '2s', '--json']
    const { stdout, exitCode } = await doorbuster(args, { env: images.env })
    const record = JSON.parse(stdout) as RunRecord
    expect(record.environment.services).toMatchObject({
      postgres: { provider: 'docker', settings: { data: 'tmpfs' } },
      redis: { provider: 'docker', settings: { data: 'tmpfs' } },
    })
    expect(record.steps[0]?.outcomes.sold).toBeGreaterThan(0)
    expect(record.steps[0]?.resources.postgres?.cpuSeconds).toBeGreaterThan(0)
    expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(exitCode).toBe(record.exitCode)
    expect(await containers()).toEqual(before)
  })

  it('that is interrupted leaves no container', async () => {
    const before = await containers()
    const cwd = temporaryFolder()
    const run = start(['run', 'smoke', '--strategy', 'atomic-update', '--services', 'docker', '--out', 'run'], {
      cwd,
      env: images.env,
    })
    await run.said(/postgres .* \(docker\)/)
    expect(await containers()).toHaveLength(before.length + 1)
    run.kill('SIGINT')
    expect((await run.finished).exitCode).toBe(130)
    expect(await containers()).toEqual(before)
    expect(readdirSync(cwd)).toEqual(['run'])
  })

  it('that is interrupted while an image comes does not wait for it', async () => {
    // A registry that takes the connection and says nothing: a pull of minutes.
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const image = `127.0.0.1:${(silent.address() as AddressInfo).port}/doorbuster/slow:1`
      const run = start(['run', 'smoke', '--strategy', 'redis-lua', '--services', 'docker'], {
        env: { ...images.env, DOORBUSTER_REDIS_IMAGE: image },
      })
      await run.said(new RegExp(`pulling the image ${image}`))
      await vi.waitUntil(() => sockets.size > 0, { timeout: 30_000 })
      run.kill('SIGINT')
      expect((await run.finished).exitCode).toBe(130)
      // Left to itself, the engine asks again after each of its own deadlines.
      expect(sockets.size).toBe(1)
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })
})

describe('without a Docker engine', () => {
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock', DOORBUSTER_SKIP_SET_UP: '1' }

  it('--services docker leaves with 5, and says how to get one', async () => {
    const args = ['run', 'smoke', '--strategy', 'atomic-update', '--services', 'docker']
    const { exitCode, stderr } = await doorbuster(args, { env })
    expect(stderr).toContain(
      'no postgres can be had (docker: unix:///nonexistent/docker.sock: no such socket: the engine does not run)',
    )
    expect(stderr).toContain('apt-get install docker.io')
    expect(exitCode).toBe(5)
  })

  it('doctor shows what is missing', async () => {
    const { stdout } = await doorbuster(['doctor'], { env })
    expect(stdout).toMatch(/^postgres +docker +missing: unix:\/\/\/nonexistent\/docker\.sock: no such socket/m)
  })
})
