/** The shop of examples/python-shop, as its reader races it: convicted as it stands, right in all orders when it is mended. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RacePart, RaceRecord } from '../src/core/race-record.ts'
import { acquireServices, type StartedServices } from '../src/services/index.ts'
import { doorbuster, type Finished, temporaryFolder } from './doorbuster.ts'
import { virtualEnvironment } from './python.ts'
import { describeWithServices } from './require-service.ts'
import { freePort } from './small-server.ts'
import { type TcpDoor, tcpDoor } from './tcp-door.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/python-shop/', import.meta.url))
const read = (file: string): string => readFileSync(join(EXAMPLE, file), 'utf8')

/** The lines that README.md takes out, and those that it puts in their place. */
const [FAULTY, MENDED] = [...read('README.md').matchAll(/```python\n(.*?)```/gs)].map(([, lines]) => lines!)

const SEARCH = ['--target', 'shop.yaml', '--stock', '1', '--budget', '90s']

interface Race extends Finished {
  readonly record: RaceRecord
  readonly part: RacePart
  /** In which shop and descriptor stand, and the race in `race`. */
  readonly cwd: string
}

describeWithServices(['postgres', 'python'], 'the shop in Python', () => {
  let services: StartedServices
  let door: TcpDoor
  let programs = ''
  let environment = ''

  beforeAll(async () => {
    environment = mkdtempSync(join(tmpdir(), 'db-python-'))
    programs = virtualEnvironment(environment, join(EXAMPLE, 'requirements.txt'))
    services = await acquireServices({
      needs: ['postgres'],
      mode: 'auto',
      settings: { synchronousCommit: 'off', appendfsync: 'no' },
      runId: `python-shop-${process.pid}`,
      env: process.env,
    })
    door = await tcpDoor(services.postgres!)
  }, 600_000)

  afterAll(async () => {
    await door[Symbol.asyncDispose]()
    await services[Symbol.asyncDispose]()
    rmSync(environment, { recursive: true })
  })

  async function folderWith(shop: string): Promise<string> {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'shop.py'), shop)
    writeFileSync(join(cwd, 'shop.yaml'), read('shop.yaml').replaceAll('8080', String(await freePort())))
    return cwd
  }

  async function race(cwd: string, ...options: readonly string[]): Promise<Race> {
    const env = { PATH: `${programs}:${process.env['PATH']}`, SHOP_DATABASE_URL: door.url }
    const finished = await doorbuster(['race', ...options, '--json'], { cwd, env })
    const record = JSON.parse(finished.stdout) as RaceRecord
    return { ...finished, cwd, record, part: record.parts[0]! }
  }

  it('sells one unit twice in an order that is found, shown, and the same each time', async () => {
    const { exitCode, record, part, cwd } = await race(await folderWith(read('shop.py')), ...SEARCH, '--out', 'race')
    expect([exitCode, record.verdict]).toEqual([1, 'wrong'])
    expect(part.shortest).toMatchObject({
      sentence: expect.stringContaining('OVERSOLD by 1') as string,
      replays: { tried: expect.any(Number) as number, same: part.shortest!.replays.tried },
    })
    expect(part.shortest!.calls.filter((call) => call.startsWith('SELECT remaining'))).toHaveLength(2)
    copyFileSync(join(cwd, 'race', 'race.json'), join(cwd, 'kept.json'))
    const again = await race(cwd, '--replay', 'kept.json')
    expect([again.exitCode, again.record.verdict]).toEqual([1, 'wrong'])
    writeFileSync(
      join(cwd, 'shop.py'),
      read('shop.py').replace(FAULTY!, () => MENDED!),
    )
    const mended = await race(cwd, '--replay', 'kept.json')
    expect([mended.exitCode, mended.part.notFollowed?.step]).toEqual([0, expect.any(Number)])
  })

  it('is right in every order when it is mended as README.md says', async () => {
    const shop = read('shop.py')
    expect(shop.split(FAULTY!)).toHaveLength(2)
    const { exitCode, record, part } = await race(await folderWith(shop.replace(FAULTY!, () => MENDED!)), ...SEARCH)
    expect(part).toMatchObject({ wrong: 0, coverage: 'complete', shortest: null })
    expect(part.tried).toBeGreaterThan(1)
    expect([exitCode, record.verdict]).toEqual([0, 'passed'])
  })
})
