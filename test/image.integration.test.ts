/**
 * The image of the Dockerfile in a real engine: built without BuildKit and without a registry, run as everybody would run
 * it and with as few rights as it needs, alone and as the target and the harness of docker-compose.yml.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { connectEngine } from '../src/services/docker/engine.ts'
import { composeFolderWithEnv, ComposeProject, isComposeMissing } from './docker/compose.ts'
import { buildHarnessImage, type HarnessImage } from './docker/harness-image.ts'
import { type TestImages, testImages } from './docker/images.ts'
import { temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** What docker-compose.yml grants, and a folder to start an embedded Postgres in. */
const FEW_RIGHTS = [
  '--read-only',
  '--tmpfs',
  '/tmp:exec',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges:true',
]

describeWithServices(['docker', 'embedded'], 'the image', () => {
  let image: HarnessImage
  let stores: TestImages
  beforeAll(async () => {
    image = await buildHarnessImage()
    stores = await testImages()
  }, 1_500_000)
  afterAll(async () => {
    await stores[Symbol.asyncDispose]()
    await image[Symbol.asyncDispose]()
  })

  function doorbusterInside(args: readonly string[], options: readonly string[] = []): ReturnType<typeof run> {
    return run(['run', '--rm', '--network', 'none', ...FEW_RIGHTS, ...options, image.name, ...args])
  }

  function run(args: readonly string[]) {
    return spawnSync('docker', args, { encoding: 'utf8', timeout: 120_000 })
  }

  it('holds the program, what it needs, and nothing of how it was built, and its user is not root', async () => {
    const { client } = await connectEngine(process.env)
    const { Config, Size } = await client.container.dockerode.getImage(image.name).inspect()
    expect([Config.User, Config.Entrypoint]).toEqual(['1000:1000', ['node', '/app/bin/doorbuster.js']])
    expect(Size).toBeLessThan(500e6)
    const list = "JSON.stringify([fs.readdirSync('/app').sort(), fs.readdirSync('/app/node_modules/.bin')])"
    const listed = run(['run', '--rm', '--entrypoint', 'node', image.name, '--print', list])
    const [files, programs] = JSON.parse(listed.stdout) as [string[], string[]]
    expect(files).toEqual(['LICENSE', 'bin', 'dist', 'node_modules', 'package.json', 'scenarios', 'schemas'])
    expect(programs).not.toContain('vitest')
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(doorbusterInside(['--version']).stdout.trim()).toBe(version)
  })

  it('runs and judges a sale with nothing but itself', () => {
    const args = [
      'run',
      'smoke',
      '--strategy',
      'atomic-update',
      '--services',
      'embedded',
      '--rate',
      '50',
      '--duration',
      '2s',
    ]
    const { stdout, stderr } = doorbusterInside([...args, '--out', '/tmp/run', '--json'])
    expect(stderr).toBe('')
    const record = JSON.parse(stdout) as RunRecord
    expect(record.environment.services.postgres?.provider).toBe('embedded')
    expect(record.steps[0]?.outcomes.sold).toBeGreaterThan(0)
    expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  })

  it('judges a history that is handed in, and leaves with its exit code', () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o755)
    const bought = (id: string) =>
      `{"op":"buy","requestId":"${id}","userId":"${id}","quantity":1,"invokedAt":0,"completedAt":3,"outcome":"sold","orderId":"${id}"}\n`
    writeFileSync(join(folder, 'sale.ndjson'), bought('a') + bought('b'))
    const verify = (stock: string) =>
      doorbusterInside(
        ['verify', '--history', '/given/sale.ndjson', '--initial-stock', stock],
        ['--volume', `${folder}:/given:ro`],
      )
    expect(verify('2').status).toBe(0)
    expect(verify('1')).toMatchObject({ status: 1, stdout: expect.stringContaining('no-oversell') })
  })

  it.skipIf(isComposeMissing)('is the target and the harness of docker-compose.yml', async () => {
    const folder = await composeFolderWithEnv()
    const project = new ComposeProject(folder, 'harness', { ...stores.env, DOORBUSTER_IMAGE: image.name })
    try {
      project.run(['up', '--detach', 'target'])
      await project.untilHealthy(3)
      const [, port] = /^TARGET_PORT=(\d+)$/m.exec(readFileSync(join(folder, '.env'), 'utf8'))!
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).ok).toBe(true)
      const seen = ['--metrics-port', '9464', '--metrics-host', '0.0.0.0']
      const args = [
        'run',
        'smoke',
        '--target',
        '/sale/target.yaml',
        ...seen,
        '--rate',
        '50',
        '--duration',
        '2s',
        '--json',
      ]
      const output = project.run(['run', '--rm', '-T', 'harness', ...args, '--threshold', 'achieved >= 0%'])
      const record = JSON.parse(output) as RunRecord
      expect(record.target).toMatchObject({ kind: 'service', name: 'atomic-update' })
      expect(record.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
      expect(record.steps[0]?.sales[0]).toMatchObject({ settled: true, remaining: expect.any(Number) })
      // What the run wrote is there for the next container.
      const stored = '`results/${fs.readdirSync("results")[0]}/run.json`'
      const read = ['run', '--rm', '-T', '--no-deps', '--entrypoint', 'node', 'harness', '--print']
      expect(project.run([...read, `JSON.parse(fs.readFileSync(${stored})).runId`]).trim()).toBe(record.runId)

      const [container = ''] = project.run(['ps', '--quiet', 'target']).trim().split('\n')
      project.run(['stop', 'target'])
      expect(run(['inspect', '--format', '{{.State.ExitCode}}', container]).stdout.trim()).toBe('0')
      const { stdout: said, stderr: words } = run(['logs', container])
      expect(said).toContain('"ready":true')
      expect(said + words).not.toMatch(/[0-9a-f]{48}/)
    } finally {
      project.down()
    }
  })
})
