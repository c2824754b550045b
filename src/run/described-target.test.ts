import { describe, expect, it } from 'vitest'
import type { Answer } from '../core/locate.ts'
import type { SaleTerms } from '../core/scenario.ts'
import { loadDescriptor } from '../descriptor/index.ts'
import { descriptorText } from '../descriptor/testing/descriptors.ts'
import type { OpenedAccess } from '../target/index.ts'
import { DescribedService } from './described-target.ts'

const { signal } = new AbortController()
const terms = { perUserLimit: null } as SaleTerms
const step = { sales: [{ sku: 'cherry', unitsAskedFor: 1, initialStock: 1 }] }

/** It is bought from and read, and never done. */
function neverSettled(): DescribedService {
  const text = descriptorText({
    stock: null,
    open: '{method: PUT, path: "/sales/{{sku}}", json: {stock: "{{stock}}"}}',
    read: '{path: "/sales/{{sku}}", stock: /left}',
    settle: '{path: /queue, deadline: 100ms}',
  })
  const { descriptor } = loadDescriptor(text, 'mine.yaml', '/shop')
  const answer = (status: number, body: string): Answer => ({ status, body, header: () => [] })
  const access = {
    baseUrl: 'http://127.0.0.1:8080',
    redact: (told: string) => told,
    send: async ({ path }: { path: readonly unknown[] }) =>
      path.join('') === '/queue' ? answer(503, '3 orders') : answer(201, '{"id":"o1","left":4}'),
  } as unknown as OpenedAccess
  const identities = { pool: null, userIdPrefix: 'u' }
  const described = { protocol: descriptor.protocol, headers: [], identities, secrets: {}, tls: null }
  const service = { resources: () => null } as never
  return new DescribedService({ descriptor, runId: 'r1', access, service, described, maxRatePerSec: null, signal })
}

const WHY = expect.stringContaining('settle[0]: not settled within 0.1 s: 503: 3 orders')

describe('a service that does not settle', () => {
  it('is told of in the notes of the step', async () => {
    const service = neverSettled()
    expect(await service.settle(step, terms, 1)).toBe(false)
    expect(service.takeNotes()).toEqual([WHY])
  })

  it('is told of with the work that was probed, and not in the notes of the first step', async () => {
    const service = neverSettled()
    const [sold] = await service.probeWork({ runId: 'r1', terms, signal })
    expect(sold).toMatchObject({ sent: 20, requests: 20, notCounted: expect.arrayContaining([WHY]) })
    expect(service.takeNotes()).toEqual([])
  })
})
