/**
 * A described service in the hands of a race: led to its store through a gate, opened for each order, judged by what it
 * really sold, killed and started again. The store is a gate of a few lines that answers when the test says so.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadDescriptor } from '../src/descriptor/index.ts'
import type { Upstream } from '../src/run/race/gated-environment.ts'
import type { RacedService } from '../src/run/race/raced-service.ts'
import type { RacedSale } from '../src/run/race/raced-target.ts'
import { startRaced } from '../src/run/race/start-raced.ts'
import { temporaryFolder } from './doorbuster.ts'
import { freePort } from './small-server.ts'

/** Looks at the stock, asks its store something, and sells then whatever it saw. Keeps orders for ever. */
const SHOP = `
const { createServer } = require('node:http')
const { connect } = require('node:net')
const { hostname, port, pathname } = new URL(process.env.STORE_URL)
const units = new Map()
const orders = []
const askStore = () => new Promise((resolve) => {
  const socket = connect(Number(port), hostname, () => socket.write(pathname))
  socket.once('data', () => resolve(socket.destroy()))
})
async function buy({ sku, user, key }) {
  if (units.get(sku) < 1) return [409, {}]
  await askStore()
  units.set(sku, units.get(sku) - 1)
  const order = { id: 'o' + orders.length, sku, user, key }
  orders.push(order)
  return [201, order]
}
async function answerTo({ method, url }, body) {
  const [, place, sku] = url.split('/')
  if (place === 'orders' && method === 'POST') return await buy(JSON.parse(body))
  if (place === 'orders') return [200, orders.filter((order) => order.sku === sku)]
  if (method === 'PUT') units.set(sku, JSON.parse(body).stock)
  return [200, { units: units.get(sku) ?? 0 }]
}
createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', async () => {
    const [status, answer] = await answerTo(request, body)
    response.writeHead(status).end(JSON.stringify(answer))
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
`

const DESCRIPTOR = [
  'name: raced-shop',
  'promise: {sellsThrough: true}',
  'open: {method: PUT, path: "/sales/{{sku}}", json: {stock: "{{stock}}"}}',
  'buy: {path: /orders, json: {sku: "{{sku}}", user: "{{userId}}", key: "{{requestId}}"}}',
  'outcomes: [{status: 201, then: sold, orderId: /id}, {status: 409, then: soldOut}]',
  'ledger:',
  '  path: "/orders/{{sku}}"',
  '  columns: {orderId: id, requestId: key, userId: user}',
  '  remaining: {path: "/sales/{{sku}}", stock: /units}',
]

const STORES = 'stores: {STORE_URL: "redis://:{{env.STORE_PASSWORD}}@127.0.0.1:6379/0"}'

interface HeldStore {
  readonly port: number
  /** Those that wait, in the order in which they came, each with what it wrote. */
  readonly calls: { readonly text: string; answer(): void }[]
}

async function heldStore(): Promise<HeldStore> {
  const calls: HeldStore['calls'] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => calls.push({ text: String(bytes), answer: () => socket.write('done') }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, calls }
}

interface Raced {
  readonly shop: RacedService
  readonly store: HeldStore
  readonly upstreams: readonly Upstream[]
}

async function raced(start: string, more: readonly string[] = [], quiet = ''): Promise<Raced> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'shop.cjs'), SHOP)
  const port = await freePort()
  const where = [`url: http://127.0.0.1:${port}`, `start: {command: '${start}', env: {PORT: ${port}}, ready: /}`]
  const race = `race: {${STORES}${quiet}}`
  const { descriptor } = loadDescriptor([...DESCRIPTOR, ...where, race, ...more].join('\n'), 'shop.yaml', folder)
  const store = await heldStore()
  let upstreams: readonly Upstream[] = []
  const shop = await startRaced({
    choice: { kind: 'service', descriptor, permittedHosts: [] },
    runId: 'r1',
    buyers: 2,
    env: { STORE_PASSWORD: 'hush-hush' },
    processes: { own: () => ({ started: () => undefined, ended: () => undefined }) },
    openGates: (asked) => {
      upstreams = asked
      return Promise.resolve({ STORE_URL: { host: '127.0.0.1', port: store.port } })
    },
    signal: new AbortController().signal,
  })
  onTestFinished(() => shop[Symbol.asyncDispose]())
  return { shop, store, upstreams }
}

const FOREGROUND = 'exec node shop.cjs'

async function until(claim: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await claim()) return
    await sleep(10)
  }
  throw new Error(`not within ten seconds: ${what}`)
}

/** Of buyer 1 or 2. */
const buyOf = ({ sku, requestIdPrefix }: RacedSale, buyer: number) => ({
  sku,
  userNumber: buyer,
  requestId: requestIdPrefix + buyer,
  attempt: 1,
})

describe.runIf(process.platform === 'linux')('a raced service', () => {
  it('has its store behind the gate, is idle while its calls stand there, and sold what its ledger says', async () => {
    const { shop, store, upstreams } = await raced(FOREGROUND)
    expect(upstreams).toMatchObject([{ name: 'STORE_URL', store: 'redis', host: '127.0.0.1', port: 6379 }])
    const sale = await shop.openSale(7, 1, null)
    expect(sale).toEqual({ sku: 'r1-7', initialStock: 1, requestIdPrefix: 'r1-7-' })
    const { sku } = sale
    const heard = [1, 2].map((buyer) => shop.buy(buyOf(sale, buyer)))
    // They are on their way, though nothing of them has reached it.
    expect(await shop.isIdle()).toBe(false)
    await until(() => store.calls.length === 2, 'both stand at the gate')
    expect(store.calls.map(({ text }) => text)).toEqual(['/0', '/0'])
    await until(() => shop.isIdle(), 'it is idle')
    for (const call of store.calls) call.answer()
    expect(await Promise.all(heard)).toMatchObject([{ outcome: { kind: 'sold' } }, { outcome: { kind: 'sold' } }])
    expect(await shop.settle(sku, 10_000)).toBe(true)
    const ledger = await shop.readLedger(sku, true, sale.requestIdPrefix)
    expect(ledger).toMatchObject({ remainingStock: -1, settled: true })
    expect(ledger!.orders.map(({ requestId, userId }) => `${requestId} ${userId}`).toSorted()).toEqual([
      `r1-7-1 ${shop.userIdOf(1)}`,
      `r1-7-2 ${shop.userIdOf(2)}`,
    ])
    // It could only be asked of the shop.
    expect(await shop.readStock(sku)).toEqual({})
    await shop.closeSale(sku)
  })

  it('is judged by the orders of its own sale, also where there is but one product', async () => {
    const { shop, store } = await raced(FOREGROUND, ['sku: cherry'])
    const ids: (string | null)[] = []
    for (const order of [1, 2]) {
      const sale = await shop.openSale(order, 5, 1)
      expect(sale).toEqual({ sku: 'cherry', initialStock: 5, requestIdPrefix: `r1-${order}-` })
      const heard = shop.buy(buyOf(sale, 1))
      await until(() => store.calls.length === order, 'it stands at the gate')
      store.calls.at(-1)!.answer()
      expect(await heard).toMatchObject({ outcome: { kind: 'sold' } })
      const { orders } = (await shop.readLedger(sale.sku, true, sale.requestIdPrefix))!
      expect(orders.map(({ requestId }) => requestId)).toEqual([`r1-${order}-1`])
      ids.push(orders[0]!.orderId)
      expect(shop.saleTerms(sale.sku, 5, 1)).toMatchObject({ stepIndex: 0, sku: 'cherry', initialStock: 5 })
      await shop.closeSale(sale.sku)
    }
    expect(new Set(ids).size).toBe(2)
  })

  it('takes with it what was not answered when it is killed, and sells again when it is started again', async () => {
    const { shop, store } = await raced(FOREGROUND)
    const sale = await shop.openSale(1, 1, null)
    const lost = shop.buy(buyOf(sale, 1))
    await until(() => store.calls.length === 1, 'it stands at the gate')
    await shop.kill()
    expect(await lost).toMatchObject({ outcome: { kind: 'unknown', code: 'NO_ANSWER' } })
    expect(await shop.isIdle()).toBe(true)
    expect(await shop.buy(buyOf(sale, 2))).toMatchObject({ outcome: { kind: 'refused', code: 'CONNECT_FAILED' } })
    await shop.restart()
    const again = await shop.openSale(2, 1, null)
    const heard = shop.buy(buyOf(again, 1))
    await until(() => store.calls.length === 2, 'it stands at the gate')
    store.calls[1]!.answer()
    expect(await heard).toMatchObject({ outcome: { kind: 'sold' } })
  })

  it('may share a connection between buyers, unless the end of its timers is waited for', async () => {
    const { shop } = await raced(FOREGROUND)
    expect(() => shop.refuseShared(['redis'])).not.toThrow()
    const { shop: quiet } = await raced(FOREGROUND, [], ', quiet: 20ms')
    expect(() => quiet.refuseShared([])).not.toThrow()
    expect(() => quiet.refuseShared(['redis'])).toThrow('buyers share a connection to redis')
  })

  it('is refused where it is left running by itself, and is gone then', async () => {
    const starting = raced('setsid node shop.cjs > log 2>&1 & echo $! > pid', [`stop: 'kill -9 $(cat pid)'`])
    await expect(starting).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining("can't be raced: its start command has ended") as string,
    })
  })
})
