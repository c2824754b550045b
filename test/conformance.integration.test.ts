/**
 * Every strategy through the one conformance suite, over HTTP and against real stores, the books read by the auditor.
 * Controls have to fail where they are built to fail, and nowhere else.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONFORMANCE_CASES, type ConformanceTarget, isBuiltToFail } from '../src/conformance/index.ts'
import type { CheckName } from '../src/core/check.ts'
import { readLedger } from '../src/ledger/index.ts'
import { acquireServices } from '../src/services/index.ts'
import type { StartedServices } from '../src/services/service.ts'
import { STRATEGIES } from '../targets/strategies/index.ts'
import { describeWithServices } from './require-service.ts'
import { ADMIN_TOKEN, environmentOf, TargetServer } from './target-server.ts'

/** What a process of these does for itself (queues, caches, drains) has to bear that another one does the same. */
const SEVERAL_INSTANCES = ['batched', 'redis-lua', 'double-delete']

const strategies = STRATEGIES.map(({ description }) => description)
const once = strategies.map((description) => ({ description, instances: 1 }))
const twice = strategies
  .filter(({ rightWith, name }) => rightWith === 'one-process' || SEVERAL_INSTANCES.includes(name))
  .map((description) => ({ description, instances: 2 }))

const VERDICTS: Readonly<Partial<Record<CheckName, RegExp>>> = {
  'no-oversell': /\d+ were sold/,
  'acknowledged-kept': /orders told and not kept/,
  'nothing-early': /\.1 is refused/,
}

describeWithServices(['postgres', 'redis'], 'conformance', () => {
  let services: StartedServices

  beforeAll(async () => {
    services = await acquireServices({
      needs: ['postgres', 'redis'],
      mode: 'auto',
      settings: { synchronousCommit: 'on', appendfsync: 'everysec' },
      runId: `conformance-${process.pid}`,
      env: process.env,
    })
  })

  afterAll(async () => {
    await services?.[Symbol.asyncDispose]()
  })

  describe.each([...once, ...twice])('$description.name, instances: $instances', ({ description, instances }) => {
    let server: TargetServer
    const start = async (): Promise<void> => {
      // What a strategy answers is asked here, not how soon: a machine that stands still for a second is no wrong answer.
      const args = ['--strategy', description.name, '--instances', String(instances), '--request-timeout', '10000']
      server = await TargetServer.start(environmentOf(services), ...args)
    }
    const target: ConformanceTarget = {
      description,
      url: () => server.url,
      adminToken: ADMIN_TOKEN,
      async restart() {
        await server.stop()
        await start()
      },
      audit: (sku) =>
        readLedger({
          postgres: services.postgres,
          redis: services.redis,
          books: description.books,
          sku,
          stepIndex: 0,
          settled: true,
          shownAfterSettling: null,
        }),
    }

    beforeAll(start)
    afterAll(async () => {
      await server?.stop()
    })

    const convicting = CONFORMANCE_CASES.filter((one) => isBuiltToFail(one, description, instances))
    const others = CONFORMANCE_CASES.filter((one) => !convicting.includes(one))

    it.each(others)('$name', async (one) => {
      await expect(one.run(target)).resolves.toBeUndefined()
    })
    it.each(convicting)('is convicted: $name', async (one) => {
      await expect(one.run(target)).rejects.toThrow(VERDICTS[description.convictedBy!])
    })
  })
})
