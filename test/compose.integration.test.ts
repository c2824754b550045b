/** The stores of docker-compose.yml in a real engine, and a sale on them as its comment says. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { composeFolder, composeFolderWithEnv, ComposeProject, isComposeMissing } from './docker/compose.ts'
import { type TestImages, testImages } from './docker/images.ts'
import { describeWithServices } from './require-service.ts'

const DOORBUSTER = fileURLToPath(new URL('../bin/doorbuster.js', import.meta.url))

describeWithServices(['docker'], 'docker-compose.yml', () => {
  let images: TestImages
  beforeAll(async () => {
    images = await testImages()
  }, 600_000)
  afterAll(() => images[Symbol.asyncDispose]())

  it.skipIf(isComposeMissing)('brings up what a run with external services is judged on', async () => {
    const folder = await composeFolderWithEnv()
    const project = new ComposeProject(folder, 'stores', images.env)
    try {
      project.run(['up', '--detach'])
      await project.untilHealthy(2)
      const args = ['run', 'smoke', '--strategy', 'redis-lua', '--services', 'external', '--duration', '2s', '--json']
      mkdirSync(join(folder, 'runs'))
      const finished = spawnSync(process.execPath, ['--env-file=../.env', DOORBUSTER, ...args], {
        cwd: join(folder, 'runs'),
        encoding: 'utf8',
        timeout: 120_000,
      })
      const record = JSON.parse(finished.stdout) as RunRecord
      expect(record.environment.services).toMatchObject({
        postgres: {
          provider: 'external',
          settings: { wal_level: 'minimal', max_wal_size: '4GB', fsync: 'on', jit: 'off', shared_buffers: '256MB' },
        },
        redis: { provider: 'external', settings: { appendonly: 'yes', appendfsync: 'everysec', save: '' } },
      })
      expect(record.steps[0]?.outcomes.sold).toBeGreaterThan(0)
      expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
      expect(readdirSync(join(folder, 'runs/results'))).toHaveLength(1)
      expect(
        readFileSync(join(folder, 'runs/results', readdirSync(join(folder, 'runs/results'))[0]!, 'run.json'), 'utf8'),
      ).not.toMatch(/[0-9a-f]{48}/)
    } finally {
      project.down()
    }
  })

  it.skipIf(isComposeMissing)('does not start without its passwords', () => {
    const project = new ComposeProject(composeFolder(), 'stores', images.env)
    expect(() => project.run(['config', '--quiet'])).toThrow(/run node bin\/set-up\.js/)
  })
})
