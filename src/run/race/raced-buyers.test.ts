import { setImmediate as endOfTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HarnessError } from '../../core/errors.ts'
import type { Answer } from '../../core/locate.ts'
import type { NamedValues, SendOptions } from '../../core/target-access.ts'
import { loadDescriptor } from '../../descriptor/index.ts'
import { descriptorText } from '../../descriptor/testing/descriptors.ts'
import type { OpenedAccess } from '../../target/index.ts'
import { numbered, RacedBuyers } from './raced-buyers.ts'

/** A request that was sent, to be written to its connection and answered when the test says so. */
interface Exchange {
  readonly path: string
  readonly values: NamedValues
  written(): void
  /** The head of its answer is here. */
  begins(): void
  answer(status: number, body: string): void
  fail(): void
}

interface Shop {
  readonly buyers: RacedBuyers
  /** In the order in which they came. */
  readonly exchanges: readonly Exchange[]
}

function shop(lines: Readonly<Record<string, string>> = {}): Shop {
  const outcomes =
    '[{status: 201, then: sold, orderId: /id}, {status: 202, then: queued, ticket: /ticket}, {status: 409, then: soldOut}]'
  const poll = '{path: "/tickets/{{ticket}}", every: 10ms, deadline: 1s}'
  const { descriptor } = loadDescriptor(descriptorText({ outcomes, poll, ...lines }), 'mine.yaml', '/shop')
  const exchanges: Exchange[] = []
  const access = {
    baseUrl: 'http://127.0.0.1:8080',
    redact: (text: string) => text.replaceAll('hush', '***'),
    send: ({ path }: { path: readonly unknown[] }, values: NamedValues, { onSent, onAnswer }: SendOptions) =>
      new Promise<Answer>((resolve, reject) => {
        exchanges.push({
          path: String(path[0]),
          values,
          written: () => onSent?.(),
          begins: () => onAnswer?.(),
          answer: (status, body) => resolve({ status, body, header: () => [] }),
          fail: () => reject(new HarnessError('TARGET_UNREACHABLE', { message: 'the other side closed' })),
        })
      }),
  } as unknown as OpenedAccess
  const described = {
    protocol: descriptor.protocol,
    headers: [],
    identities: { pool: null, userIdPrefix: 'u' },
    secrets: {},
    tls: null,
  }
  const { signal } = new AbortController()
  return { buyers: new RacedBuyers({ descriptor, described, access, signal }), exchanges }
}

const buy = (number: number) => ({ sku: 'cherry', userNumber: number + 1, requestId: `race-1-${number}`, attempt: 1 })

/** Whoever could go on has gone on. */
const settled = (): Promise<void> => endOfTurn()

describe('a buyer', () => {
  it('is on the way until the request is written, and hears what the answer means', async () => {
    const { buyers, exchanges } = shop()
    const heard = buyers.buy(buy(1))
    expect(buyers.areSending).toBe(true)
    exchanges[0]!.written()
    exchanges[0]!.written()
    expect(buyers.areSending).toBe(false)
    exchanges[0]!.answer(201, '{"id":"hush-7"}')
    expect(await heard).toEqual({ outcome: { kind: 'sold', orderId: 'hush-7' }, words: 'sold, order ***-7' })
    expect(exchanges[0]!.values).toMatchObject({ sku: 'cherry', userId: 'u1', requestId: 'race-1-1', quantity: 1 })
    expect([...buyers.told]).toEqual([['race-1-1', 'sold']])
  })

  it('is being answered from the head of the answer to its end', async () => {
    const { buyers, exchanges } = shop()
    const heard = buyers.buy(buy(1))
    exchanges[0]!.written()
    expect(buyers.areAnswered).toBe(false)
    exchanges[0]!.begins()
    exchanges[0]!.begins()
    expect(buyers.areAnswered).toBe(true)
    exchanges[0]!.answer(409, '{}')
    await heard
    expect(buyers.areAnswered).toBe(false)
  })

  it('hears with an answer that nobody foresaw what it was', async () => {
    const { buyers, exchanges } = shop()
    const heard = buyers.buy(buy(1))
    exchanges[0]!.answer(500, 'out of hush')
    expect(await heard).toEqual({
      outcome: { kind: 'unknown', code: 'NO_RULE' },
      words: 'unknown (NO_RULE): 500: out of ***',
    })
  })

  it('may have bought when no answer came, and has not when the request was never written', async () => {
    const { buyers, exchanges } = shop()
    const [sent, unsent] = [buyers.buy(buy(1)), buyers.buy(buy(2))]
    exchanges[0]!.written()
    for (const exchange of exchanges) exchange.fail()
    const words = 'no answer: the other side closed'
    expect(await sent).toEqual({ outcome: { kind: 'unknown', code: 'NO_ANSWER' }, words })
    expect(await unsent).toEqual({ outcome: { kind: 'refused', code: 'CONNECT_FAILED' }, words })
    expect(buyers.areSending).toBe(false)
  })
})

describe('a buyer in the queue', () => {
  async function queued(): Promise<Shop & { readonly heard: ReturnType<RacedBuyers['buy']> }> {
    const started = shop()
    started.buyers.beginSale()
    const heard = started.buyers.buy(buy(1))
    started.exchanges[0]!.answer(202, '{"ticket":"t1"}')
    await settled()
    return { ...started, heard }
  }

  it('asks when the sale settles, and not before; again where there is no answer', async () => {
    const { buyers, exchanges, heard } = await queued()
    expect(exchanges).toHaveLength(1)
    const asked = buyers.askQueue(60_000)
    await settled()
    expect(exchanges[1]).toMatchObject({ path: '/tickets/', values: { ticket: 't1', requestId: 'race-1-1' } })
    exchanges[1]!.fail()
    await untilThereAre(3, exchanges)
    exchanges[2]!.answer(202, '{"ticket":"t2"}')
    await untilThereAre(4, exchanges)
    expect(exchanges[3]).toMatchObject({ values: { ticket: 't2' } })
    exchanges[3]!.answer(201, '{"id":"o1"}')
    await asked
    expect(await heard).toMatchObject({ outcome: { kind: 'sold', orderId: 'o1' } })
  })

  it('may have bought when it was too late to ask again', async () => {
    const { buyers, exchanges, heard } = await queued()
    const asked = buyers.askQueue(1)
    await settled()
    exchanges[1]!.answer(202, '{"ticket":"t1"}')
    await asked
    expect(await heard).toEqual({ outcome: { kind: 'unknown', code: 'STILL_QUEUED' }, words: 'still queued' })
    expect(exchanges).toHaveLength(2)
  })

  it('does not ask after a sale that is over', async () => {
    const { buyers, exchanges, heard } = await queued()
    buyers.beginSale()
    expect(await heard).toMatchObject({ outcome: { code: 'STILL_QUEUED' } })
    expect(exchanges).toHaveLength(1)
    expect(buyers.told.size).toBe(0)
  })
})

async function untilThereAre(count: number, exchanges: readonly unknown[]): Promise<void> {
  for (let tries = 0; tries < 500 && exchanges.length < count; tries++) await sleep(10)
  expect(exchanges).toHaveLength(count)
}

describe('the id of a request', () => {
  it.each([
    ['race-3-1', 'race-3-', 1],
    ['r1-10-0', 'r1-10-', 0],
    ['a007', 'a00', 7],
    ['42', '', 42],
  ])('%s has a number', (requestId, requestIdPrefix, buy) => {
    expect(numbered(requestId)).toEqual({ requestIdPrefix, buy })
    expect(requestIdPrefix + buy).toBe(requestId)
  })

  it('is refused without one', () => {
    expect(() => numbered('race-')).toThrow(RangeError)
  })
})
