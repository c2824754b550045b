/** Verdicts on described targets: what a service was never told convicts nobody, what it was told and broke does. */
import { afterEach, describe, expect, it } from 'vitest'
import { convictedBy, exitCodeOfRight, sell, troublesOf, verdictsOf } from './described-run.ts'
import { doorbuster } from './doorbuster.ts'
import { type Answering, json, type SmallServer, smallServer } from './small-server.ts'
import { shopDescriptor, SmallShop, WHOLE_LEDGER } from './small-shop.ts'

const SMALL = ['--rate', '100', '--duration', '1s', '--set', 'buyers.population=60']
const TWO_STEPS = [
  '--set',
  'steps=[{rate: 100, duration: 1s}, {rate: 100, duration: 1s}]',
  '--set',
  'buyers.population=60',
]

let server: SmallServer | null = null

afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = null
})

async function serving(answer: Answering): Promise<string> {
  server = await smallServer(answer)
  return server.url
}

describe('the stock', () => {
  const OPEN = 'open: {path: /open, json: {stock: "{{stock}}", limit: "{{limit}}"}}'

  /** It takes whatever it is sent, and has the units of `shop`. */
  const opening =
    (shop: SmallShop): Answering =>
    (request, response) => {
      if (request.url === '/open') json(response, {})
      else shop.answer(request, response)
    }

  it('is what was asked for: a shop that opens with more is not put under load', async () => {
    const shop = new SmallShop({ stock: 400 })
    const sale = await sell(shopDescriptor(await serving(opening(shop)), OPEN, WHOLE_LEDGER), { args: SMALL })
    expect(sale.exitCode).toBe(5)
    expect((sale.stdout + sale.stderr).replaceAll(/\s+/g, ' ')).toMatch(/opened with 400 units where \d+ were/)
    expect(shop.orders).toEqual([])
  })

  it('is as many as it sets itself, where nobody tells it', async () => {
    const url = await serving(opening(new SmallShop({ stock: 40 })))
    const sale = await sell(shopDescriptor(url, 'open: {path: /open}', WHOLE_LEDGER), { args: SMALL })
    expect(troublesOf(sale)).toEqual([])
    expect(sale.record!.steps[0]!.sales[0]).toMatchObject({ initial: 40, sold: 40 })
  })
})

describe('what ends a sale', () => {
  const CLOSE = 'close: {path: /close}'

  function closing(): { closed: number[]; url: Promise<string> } {
    const shop = new SmallShop({ stock: 1_000 })
    const closed: number[] = []
    const answer: Answering = (request, response) => {
      if (request.url !== '/close') return shop.answer(request, response)
      closed.push(shop.orders.length)
      json(response, {})
    }
    return { closed, url: serving(answer) }
  }

  it('is done once, after the last step, where nothing opened it', async () => {
    const { closed, url } = closing()
    const sale = await sell(shopDescriptor(await url, WHOLE_LEDGER, CLOSE), { args: TWO_STEPS })
    expect(troublesOf(sale)).toEqual([])
    expect(closed).toEqual([sale.record!.steps[1]!.sales[0]!.orders])
  })

  it('is done also when the ledger cannot be read, in a dry run, too', async () => {
    const { closed, url } = closing()
    const ledger = 'ledger: {path: /stock, items: /orders, columns: {orderId: id}}'
    const descriptor = shopDescriptor(await url, 'stock: 1000', ledger, CLOSE)
    const sale = await sell(descriptor, { args: SMALL })
    expect(sale.exitCode).toBe(5)
    expect(closed).toHaveLength(1)
    await doorbuster(['run', 'smoke', '--target', 'target.yaml', '--dry-run'], { cwd: sale.cwd })
    expect(closed).toHaveLength(2)
  })
})

it('a pool that is smaller than the scenario says so in the report', async () => {
  const url = await serving(new SmallShop({ stock: 1_000 }).answer)
  const pool = 'buyers: {pool: {csv: pool.csv}}'
  const files = { 'pool.csv': 'userId\nann\nbob\n' }
  const sale = await sell(shopDescriptor(url, WHOLE_LEDGER, pool), { args: SMALL, files })
  expect(sale.record!.steps[0]!.notes).toContain('the pool has 2 buyers: buyers.population is 2, not 60')
  expect(sale.stdout).toContain('the pool has 2 buyers')
})

it('what others buy while the ledger is first read is not held against a shared sale', async () => {
  const shop = new SmallShop({ stock: 30, limit: 1_000 })
  let reads = 0
  const answer: Answering = (request, response) => {
    // Between the two looks of the auditor before the first arrival, whichever comes first.
    const isAuditor = request.method === 'GET' && (request.url === '/orders' || request.url === '/left')
    if (isAuditor && ++reads === 2) for (let i = 0; i < 5; i++) shop.sellToPasserBy()
    if (request.url === '/left') json(response, { left: shop.left })
    else shop.answer(request, response)
  }
  const ledger = WHOLE_LEDGER.replace('{path: /stock', '{path: /left')
  const sale = await sell(shopDescriptor(await serving(answer), ledger, 'shared: true'), { args: SMALL })
  expect(troublesOf(sale)).toEqual([])
  expect(verdictsOf(sale)).toMatchObject({ 'no-oversell': 'pass' })
})

describe('a limit per user', () => {
  it('that nobody told the shop convicts it of nothing, in neither direction', async () => {
    for (const limit of [1, 1_000]) {
      const url = await serving(new SmallShop({ stock: 1_000, limit }).answer)
      const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args: SMALL })
      expect(troublesOf(sale)).toEqual([])
      expect(verdictsOf(sale)).toMatchObject({ 'per-user-limit': 'not-checked' })
      await server![Symbol.asyncDispose]()
    }
  })

  it('that the shop promises is judged', async () => {
    const promising = (url: string): string =>
      shopDescriptor(url, WHOLE_LEDGER).replace('{sellsThrough: true}', '{sellsThrough: true, perUserLimit: 1}')
    const careless = await sell(promising(await serving(new SmallShop({ stock: 1_000 }).answer)), { args: SMALL })
    expect(convictedBy(careless)).toBe('per-user-limit')
    await server![Symbol.asyncDispose]()
    const right = await sell(promising(await serving(new SmallShop({ stock: 1_000, limit: 1 }).answer)), {
      args: SMALL,
    })
    expect(troublesOf(right)).toEqual([])
    expect(right.record!.steps[0]!.outcomes.limitReached).toBeGreaterThan(0)
    expect(verdictsOf(right)).toMatchObject({ 'per-user-limit': 'pass' })
  })

  it('counts what buyers had before the run: to be told so is no wrong refusal', async () => {
    const shop = new SmallShop({ stock: 1_000, limit: 2 })
    for (let user = 0; user < 60; user++) {
      shop.orders.push({ id: `old-${user}`, key: `before-${user}`, user: `u${user}`, quantity: 2 })
    }
    const url = await serving(shop.answer)
    const descriptor = shopDescriptor(url, WHOLE_LEDGER).replace('{sellsThrough: true}', '{perUserLimit: 2}')
    const args = [...SMALL, '--set', 'buyers.population=70']
    const sale = await sell(descriptor, { args })
    expect(sale.record!.steps[0]!.outcomes.limitReached).toBeGreaterThan(0)
    expect(troublesOf(sale)).toEqual([])
    const verified = await doorbuster(['verify', 'run', '--json'], { cwd: sale.cwd })
    expect(JSON.parse(verified.stdout)).toMatchObject({ checks: sale.record!.checks })
  })
})

it('a queue that says "sold" to whoever may wait is judged by its ledger alone', async () => {
  const shop = new SmallShop({ stock: 20, limit: 1_000 })
  const answer: Answering = (request, response) => {
    if (request.url !== '/orders' || request.method !== 'POST') return shop.answer(request, response)
    const { key, user } = JSON.parse(request.text) as { key: string; user: string }
    if (shop.left > 0 && !shop.orders.some((order) => order.key === key)) {
      shop.left--
      shop.orders.push({ id: `o${shop.orders.length}`, key, user, quantity: 1 })
    }
    json(response, { id: `ticket-${key}` }, 202)
  }
  const descriptor = shopDescriptor(await serving(answer), WHOLE_LEDGER)
  const args = [...SMALL, '--set', 'buyers.quantity=1']
  const queued = await sell(descriptor.replace('{sellsThrough: true}', '{sold: queued}'), { args })
  expect(troublesOf(queued)).toEqual([])
  expect(queued.record!.steps[0]!.live.firstViolation).toBeNull()
  expect(verdictsOf(queued)).toMatchObject({ 'acknowledged-kept': 'not-checked', 'no-oversell': 'pass' })
  expect(queued.exitCode).toBe(exitCodeOfRight(queued))
  expect(queued.stdout).toContain('"sold" means queued')
  shop.left = 20
  shop.orders.length = 0
  const paid = await sell(descriptor, { args })
  expect(convictedBy(paid)).toBe('acknowledged-kept')
})
