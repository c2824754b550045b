import { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { LostReplies } from './lost-replies.ts'
import { testApp } from './testing/test-app.ts'

const started: FastifyInstance[] = []

/** The dice show these, one for each answer. */
function dice(...shown: number[]): () => number {
  return () => shown.shift()!
}

async function serve(lostReplies: LostReplies): Promise<{ url: string; bought: string[] }> {
  const bought: string[] = []
  const { app } = await testApp({
    lostReplies,
    script: {
      async buy({ requestId }) {
        bought.push(requestId)
        return { kind: 'sold', orderId: `o-${requestId}`, replayed: false }
      },
    },
  })
  started.push(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, bought }
}

async function buy(url: string, requestId: string): Promise<number | 'no answer'> {
  const headers = { 'idempotency-key': requestId, 'content-type': 'application/json' }
  const body = JSON.stringify({ userId: 'u1', quantity: 1 })
  try {
    return (await fetch(`${url}/v1/sales/sku-1/orders`, { method: 'POST', headers, body })).status
  } catch {
    return 'no answer'
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()))
})

describe('replies that are lost', () => {
  it('are of buys that were made, and are counted', async () => {
    const lost = new LostReplies(0.5, dice(0.49, 0.5, 0.1))
    const { url, bought } = await serve(lost)
    expect([await buy(url, 'r1'), await buy(url, 'r2'), await buy(url, 'r3')]).toEqual(['no answer', 201, 'no answer'])
    expect(bought).toEqual(['r1', 'r2', 'r3'])
    expect(lost.counters()).toEqual({ repliesLost: 2 })
  })

  it('are none, and no counter, where none are asked for', async () => {
    const lost = new LostReplies(0, dice(0))
    const { url } = await serve(lost)
    expect(await buy(url, 'r1')).toBe(201)
    expect(lost.counters()).toEqual({})
  })

  it('are answers to buys alone', async () => {
    const { url } = await serve(new LostReplies(1))
    expect(await buy(url, 'r1')).toBe('no answer')
    expect((await fetch(`${url}/v1/sales/sku-1`)).status).toBe(200)
  })
})
