import { describe, expect, it } from 'vitest'
import { type Probed, PROBED_REQUESTS, probeWork } from './work-probe.ts'

const stores = { postgres: null, redis: null, notes: [] }

function probed(changes: Partial<Probed> = {}): Probed {
  return {
    open: async () => undefined,
    close: async () => undefined,
    settle: async () => null,
    readWork: async () => ({ counters: {}, stores }),
    send: async () => true,
    signal: new AbortController().signal,
    ...changes,
  }
}

describe('the probe', () => {
  it('tells what it sent, and how much of it was answered as its kind is', async () => {
    const work = await probeWork(probed({ send: async (kind, index) => kind !== 'soldOut' || index % 4 > 0 }))
    expect(work.map(({ kind, sent, requests }) => [kind, sent, requests])).toEqual([
      ['sold', PROBED_REQUESTS, 20],
      ['soldOut', PROBED_REQUESTS, 15],
      ['replayed', PROBED_REQUESTS, 20],
      ['read', PROBED_REQUESTS, 20],
    ])
    expect(work[1]!.notCounted).toEqual(['5 of 20 requests were answered otherwise'])
  })

  it('waits no more for a target that did not settle once, and says of all that follows what was pending', async () => {
    let settled = 0
    const work = await probeWork(probed({ settle: async () => (++settled < 3 ? null : '7 orders') }))
    expect(settled).toBe(3)
    expect(work.map(({ notCounted }) => notCounted)).toEqual([
      [],
      ...Array.from({ length: 3 }, () => ['what was still pending: 7 orders']),
    ])
  })
})
