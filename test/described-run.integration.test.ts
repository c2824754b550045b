/** What the descriptor of a service promises, seen in whole runs against small servers. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { DryRunReport } from '../src/core/dry-run.ts'
import {
  convictedBy,
  type DescribedSale,
  exitCodeOfRight,
  filesWith,
  folderWith,
  sell,
  troublesOf,
  verdictsOf,
} from './described-run.ts'
import { doorbuster, type Finished } from './doorbuster.ts'
import { selfSigned } from '../src/load/open-loop/testing/self-signed.ts'
import { describeWithServices } from './require-service.ts'
import { type Answering, freePort, json, type SmallServer, smallServer } from './small-server.ts'
import { shopDescriptor, SmallShop, type ShopTerms, WHOLE_LEDGER } from './small-shop.ts'

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

async function opened(terms: ShopTerms): Promise<{ shop: SmallShop; url: string }> {
  const shop = new SmallShop(terms)
  return { shop, url: await serving(shop.answer) }
}

function sentenceOf(sale: DescribedSale, check: string): string {
  return sale.record?.checks.find((one) => one.check === check)?.sentence ?? ''
}

describe('a shop in which nothing opens a sale', () => {
  const OLD = ['old-1', 'old-2', 'old-3']

  it('has one sale in all steps: stock and limits carry on, and what stood in its ledger before is left out', async () => {
    const { shop, url } = await opened({ stock: 100, soldBefore: OLD })
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args: TWO_STEPS })
    expect(troublesOf(sale)).toEqual([])
    expect(sale.exitCode).toBe(exitCodeOfRight(sale))
    const [first, second] = sale.record!.steps
    expect(first!.sales[0]).toMatchObject({ sku: 'sale', initial: 100 })
    expect(second!.sales[0]).toMatchObject({ initial: 100, remaining: shop.left, sold: shop.orders.length - 3 })
    // Of a step's own answers, not of the sale's.
    expect(first!.outcomes.sold).toBeGreaterThan(0)
    expect(second!.outcomes.limitReached).toBeGreaterThan(0)
    const verified = await doorbuster(['verify', 'run', '--json'], { cwd: sale.cwd })
    expect(JSON.parse(verified.stdout)).toMatchObject({ checks: sale.record!.checks, exitCode: sale.exitCode })
  })

  it('is convicted when it sells in the second step what it had sold in the first', async () => {
    let sold = 0
    const onSale = (shop: SmallShop): void => {
      if (++sold === 100) shop.left += 30
    }
    const { url } = await opened({ stock: 100, soldBefore: OLD, onSale })
    const args = [...TWO_STEPS, '--set', 'buyers.population=200']
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args })
    expect(sale.exitCode).toBe(1)
    expect(convictedBy(sale)).toBe('no-oversell')
    expect(sale.record!.checks.find(({ verdict }) => verdict === 'fail')?.step).toBe(1)
  })

  it('has as many units as the descriptor says, where nobody else does', async () => {
    const { url } = await opened({ stock: 30 })
    const args = [...SMALL]
    const told = await sell(shopDescriptor(url, 'stock: 30'), { args })
    expect(told.record!.steps[0]!.sales[0]).toMatchObject({ initial: 30, sold: null })
    expect(verdictsOf(told)).toMatchObject({ 'no-oversell': 'pass', 'acknowledged-kept': 'not-checked' })
    expect(troublesOf(told)).toEqual([])
    const untold = await sell(shopDescriptor(url), { args })
    expect(untold).toMatchObject({ exitCode: 2, record: null })
    expect(untold.stderr).toContain('target.yaml:')
  })

  it('is not begun when it is sold out already', async () => {
    const { url } = await opened({ stock: 0 })
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args: SMALL })
    expect(sale.exitCode).toBe(5)
    expect(sale.stdout + sale.stderr).toMatch(/sale\s+has\s+no\s+units\s+to\s+sell/)
  })
})

describe('a shop in which others buy too', () => {
  const everyThird = (shop: SmallShop): void => {
    if (shop.orders.length % 3 === 0) shop.sellToPasserBy()
  }

  it('is not held to what only those others explain, when it says so', async () => {
    const { url } = await opened({ stock: 50, onSale: everyThird })
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER, 'shared: true'), { args: SMALL })
    expect(verdictsOf(sale)).toMatchObject({
      'nothing-invented': 'not-checked',
      conservation: 'not-checked',
      'acknowledged-kept': 'pass',
      'no-oversell': 'pass',
    })
    expect(troublesOf(sale)).toEqual([])
    expect(sale.exitCode).toBe(exitCodeOfRight(sale))
  })

  it('is convicted of inventing their orders, when it does not', async () => {
    const { url } = await opened({ stock: 50, onSale: everyThird })
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args: SMALL })
    expect(verdictsOf(sale)).toMatchObject({ 'nothing-invented': 'fail' })
    expect(sale.exitCode).toBe(1)
  })
})

describe('a ledger', () => {
  it('without request ids leaves open what needs them, and says which column is missing', async () => {
    const { url } = await opened({ stock: 50 })
    const descriptor = shopDescriptor(url, WHOLE_LEDGER.replace('requestId: key, ', ''))
    const nameless = descriptor.replace(', orderId: /id', '')
    const sale = await sell(nameless, { args: SMALL })
    expect(verdictsOf(sale)).toMatchObject({ 'no-oversell': 'pass', conservation: 'pass' })
    const open = Object.entries(verdictsOf(sale)).filter(([, verdict]) => verdict === 'unknown')
    expect(open).not.toEqual([])
    for (const [check] of open) expect(sentenceOf(sale, check)).toContain('add requestId to ledger.columns')
    expect(sale.exitCode).toBe(4)
  })

  it('without request ids leaves nothing open where answers and orders have ids of their own', async () => {
    const { url } = await opened({ stock: 50 })
    const sale = await sell(shopDescriptor(url, WHOLE_LEDGER.replace('requestId: key, ', '')), { args: SMALL })
    expect(troublesOf(sale)).toEqual([])
    expect(sale.exitCode).toBe(exitCodeOfRight(sale))
  })

  it('may be missing: then what buyers were told is judged, and no more', async () => {
    const { url } = await opened({ stock: 30 })
    const sale = await sell(shopDescriptor(url, 'stock: 30'), { args: SMALL })
    expect(verdictsOf(sale)).toMatchObject({
      'acknowledged-kept': 'not-checked',
      'nothing-invented': 'not-checked',
      conservation: 'not-checked',
      linearizable: 'pass',
    })
    expect(readdirSync(join(sale.cwd, 'run', 'ledger'))).toEqual([])
    const oversold = await opened({ stock: 40 })
    const caught = await sell(shopDescriptor(oversold.url, 'stock: 30'), { args: SMALL })
    expect(convictedBy(caught)).toBe('no-oversell')
  })
})

it('a wrong rule is noticed at once: answers that no rule fits are counted, and shown', async () => {
  const { url } = await opened({ stock: 50 })
  const descriptor = shopDescriptor(url, WHOLE_LEDGER).replace('status: 2xx', 'status: 299')
  const sale = await sell(descriptor, { args: SMALL })
  const [step] = sale.record!.steps
  expect(step!.errorCodes).toMatchObject({ NO_RULE: step!.outcomes.unknown })
  expect(step!.notUnderstood[0]).toMatch(/^no rule fits the answer to a buy: 201 \{"id":"o1"/)
  expect(sale.stdout.replaceAll(/\s+/g, ' ')).toContain('201 {"id":"o1"')
  expect(sale.exitCode).toBe(4)
})

const ECHOED = 'correct-horse-battery'

async function echoingSale(engine: string): Promise<DescribedSale> {
  const url = await serving((request, response) => json(response, { token: request.headers['x-token'], text: '!' }))
  const descriptor = shopDescriptor(url, 'headers: {x-token: "{{env.SHOP_TOKEN}}"}', 'stock: 30')
  return await sell(descriptor.replace('read: {path: /stock, stock: /left}', ''), {
    args: ['--duration', '1s', '--set', 'buyers.reads=0', '--engine', engine],
    env: { SHOP_TOKEN: ECHOED },
  })
}

describe.each(['open', 'autocannon'])('answers that echo a secret, to the engine %s', (engine) => {
  it('are shown without it', async () => {
    const sale = await echoingSale(engine)
    expect(sale.record!.steps[0]!.notUnderstood.join('\n')).toContain('{"token":"***"')
    expect(filesWith([ECHOED], join(sale.cwd, 'run'))).toEqual([])
    expect(sale.stdout + sale.stderr).not.toContain(ECHOED)
  })
})

describeWithServices(['k6'], 'answers that echo a secret, to the engine k6', () => {
  it('are nowhere to be found', async () => {
    const sale = await echoingSale('k6')
    expect(sale.record!.steps[0]!.errorCodes['NOT_UNDERSTOOD']).toBeGreaterThan(0)
    expect(filesWith([ECHOED], join(sale.cwd, 'run'))).toEqual([])
    expect(sale.stdout + sale.stderr).not.toContain(ECHOED)
  })
})

describe('a run that is not begun', () => {
  const refused = async (descriptor: string, args: readonly string[] = SMALL): Promise<DescribedSale> => {
    const sale = await sell(descriptor, { args })
    expect(sale).toMatchObject({ exitCode: 2, record: null, stdout: '' })
    expect(existsSync(join(sale.cwd, 'run'))).toBe(false)
    expect(sale.stderr).not.toContain('    at ')
    return sale
  }

  it.each(['run', 'dry run'])('is a %s against a public address that nobody permitted', async (kind) => {
    const dryRun = kind === 'dry run' ? ['--dry-run'] : []
    const { stderr } = await refused(shopDescriptor('http://203.0.113.1', 'stock: 30'), [...SMALL, ...dryRun])
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /203\.0\.113\.1 is neither on this machine .* --i-may-test 203\.0\.113\.1/,
    )
  })

  it('is one above the rate that the target is to get, and says what would be below it', async () => {
    const { shop, url } = await opened({ stock: 30 })
    const { stderr } = await refused(shopDescriptor(url, 'stock: 30', 'maxRate: 50'))
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/up to 100\/s, and small-shop is to get 50\/s at most .*--rate 50/)
    expect(shop.asked).toEqual([])
    const within = await sell(shopDescriptor(url, 'stock: 30', 'maxRate: 50'), { args: [...SMALL, '--rate', '50'] })
    expect(within.exitCode).toBe(exitCodeOfRight(within))
  })

  it('is one above 200 requests a second against a public address, until the descriptor says that it stands more', async () => {
    const args = ['--rate', '201', '--i-may-test', '203.0.113.1']
    const { stderr } = await refused(shopDescriptor('http://203.0.113.1', 'stock: 30'), args)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/small-shop is to get 200\/s at most .*--rate 200, or set maxRate/)
  })

  it('is one whose secrets are not set, with the names of all of them', async () => {
    const { shop, url } = await opened({ stock: 30 })
    const headers = 'headers: {x-a: "{{env.SHOP_TOKEN_A}}", x-b: "{{env.SHOP_TOKEN_B}}"}'
    const { stderr } = await refused(shopDescriptor(url, 'stock: 30', headers))
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('needs SHOP_TOKEN_A, SHOP_TOKEN_B from the environment')
    expect(shop.asked).toEqual([])
  })
})

describe('a target that dies', () => {
  const DYING = `
    import { createServer } from 'node:http'
    let sold = 0
    createServer((request, response) => {
      if (++sold > 50) { console.error('out of paper'); process.exit(3) }
      response.writeHead(201).end(JSON.stringify({ id: 'o' + sold }))
    }).listen(Number(process.env.PORT), '127.0.0.1')`

  it('ends the run with 5, with its last words, and what was measured is judged', async () => {
    const port = await freePort()
    const life = `start: {command: node shop.mjs, env: {PORT: ${port}}}`
    const text = shopDescriptor(`http://127.0.0.1:${port}`, life, 'stock: 1000').replace(/read: .*/, '')
    const args = ['--rate', '100', '--duration', '20s', '--set', 'buyers={population: 5000}']
    const sale = await sell(text, { args, files: { 'shop.mjs': DYING } })
    expect(sale.exitCode).toBe(5)
    expect(sale.record).toMatchObject({ status: 'interrupted', endedBy: 'environment' })
    expect(sale.record!.endedEarly).toContain('took no connection for one second')
    expect(sale.record!.endedEarly).toContain('out of paper')
    expect(sale.record!.steps[0]!.outcomes.sold).toBe(50)
  })

  it('before it was ready ends the run with 5 as well', async () => {
    const life = 'start: {command: "echo no paper >&2; exit 3"}'
    const url = `http://127.0.0.1:${await freePort()}`
    const sale = await sell(shopDescriptor(url, life, 'stock: 1000'), { args: SMALL })
    expect(sale).toMatchObject({ exitCode: 5, record: null })
    expect(sale.stderr).toContain('no paper')
    const unstarted = await sell(shopDescriptor(url, 'stock: 1000'), { args: SMALL })
    expect(unstarted.exitCode).toBe(5)
    expect(unstarted.stdout + unstarted.stderr).toContain(url)
  })
})

describe('a dry run', () => {
  const DRY = ['run', 'smoke', '--target', 'target.yaml', '--dry-run']
  const dryRun = (descriptor: string, ...more: readonly string[]): Promise<Finished> =>
    doorbuster([...DRY, ...more], { cwd: folderWith({ 'target.yaml': descriptor }) })

  it('sends one read and one buy, and shows what becomes of them and of the ledger', async () => {
    const { shop, url } = await opened({ stock: 50, soldBefore: ['old-1'] })
    const { exitCode, stdout } = await dryRun(shopDescriptor(url, WHOLE_LEDGER))
    expect(stdout).toMatch(/^IT FITS/)
    expect(stdout).toContain('= sold, order o2 (outcomes[0])')
    expect(stdout).toMatch(/before +1 order, 50 left\nafter +2 orders, 49 left/)
    expect(exitCode).toBe(0)
    expect(shop.asked.filter((one) => one === 'POST /orders')).toHaveLength(1)
  })

  it.each([
    [
      'no such member in the answer',
      /orderId: \/id/,
      'orderId: /number',
      /outcomes\[0\] fits, and there is no \/number in the answer/,
    ],
    ['no such answer', /status: 2xx/, 'status: 200', /no rule fits the answer to the buy \(status 201\)/],
    ['no such stock', /stock: \/left\}\nledger/, 'stock: /units}\nledger', /the answer to the read shows no stock/],
    ['no such request id', /requestId: key/, 'requestId: user', /the request id sent was .*, the ledger has u0/],
  ])('says what does not fit: %s', async (_, right, wrong, problem) => {
    const { url } = await opened({ stock: 50 })
    const { exitCode, stdout } = await dryRun(shopDescriptor(url, WHOLE_LEDGER).replace(right, wrong))
    expect(stdout).toMatch(/^LOOK AGAIN: 1 thing/)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(problem)
    expect(exitCode).toBe(4)
  })

  it.each([
    ['before the buy, if it has orders', ['old-1'], 5],
    ['after the buy, if it has none yet', [], 4],
  ])('says which column of the ledger is not there, and which are: %s', async (_, soldBefore, expected) => {
    const { url } = await opened({ stock: 50, soldBefore })
    const descriptor = shopDescriptor(url, WHOLE_LEDGER).replace('orderId: id', 'orderId: nr')
    const { exitCode, stdout, stderr } = await dryRun(descriptor)
    expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain(
      'ledger.orders: the result has no column "nr" (ledger.columns.orderId): it has "id", "key", "user", "quantity"',
    )
    expect(exitCode).toBe(expected)
  })

  it('says who does not answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { exitCode, stdout, stderr } = await dryRun(shopDescriptor(url, WHOLE_LEDGER))
    expect(exitCode).toBe(5)
    expect(stdout + stderr).toContain(url)
    expect(stdout + stderr).toContain('ECONNREFUSED')
  })

  it('is one document with --json', async () => {
    const { url } = await opened({ stock: 50 })
    const { stdout } = await dryRun(shopDescriptor(url, WHOLE_LEDGER), '--json')
    const report = JSON.parse(stdout) as DryRunReport
    expect(report).toMatchObject({ schema: 'doorbuster.dry-run/1', problems: [], sku: 'sale' })
    expect(report.exchanges.map(({ kind }) => kind)).toEqual(['read', 'buy'])
  })
})

describe('a shop behind TLS', () => {
  it('is bought from where its authority is trusted, and not where it is not', async () => {
    const certificate = selfSigned('shop.test')
    const shop = new SmallShop({ stock: 50 })
    server = await smallServer(shop.answer, certificate)
    const files = { 'ca.pem': certificate.cert }
    const trusting = shopDescriptor(server.url, WHOLE_LEDGER, 'tls: {ca: ca.pem}')
    const sale = await sell(trusting, { args: SMALL, files })
    expect(troublesOf(sale)).toEqual([])
    expect(sale.exitCode).toBe(exitCodeOfRight(sale))
    const { orders, asked } = shop
    const bought = orders.length
    expect(bought).toBeGreaterThan(0)
    asked.length = 0
    const distrusting = await sell(shopDescriptor(server.url, WHOLE_LEDGER), { args: SMALL })
    expect(distrusting.exitCode).toBe(5)
    expect(distrusting.stdout + distrusting.stderr).toMatch(/self-signed certificate|DEPTH_ZERO_SELF_SIGNED_CERT/)
    expect(asked).toEqual([])
  })

  it('is not bought from without the file of its authority', async () => {
    const descriptor = shopDescriptor('https://127.0.0.1:1', 'stock: 30', 'tls: {ca: ca.pem}')
    const { exitCode, stderr } = await sell(descriptor, { args: SMALL })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/tls\.ca: .*ca\.pem/)
  })
})

it('what runs elsewhere is measured by Prometheus and by commands; what fails of that is a note', async () => {
  let cpuSeconds = 0
  const prometheus = await smallServer(({ url }, response) => {
    const query = new URL(url!, 'http://localhost').searchParams.get('query')
    const value = query === 'sum(cpu)' ? [1, String((cpuSeconds += 1.5))] : null
    json(response, { status: 'success', data: { resultType: 'vector', result: value === null ? [] : [{ value }] } })
  })
  try {
    const { url } = await opened({ stock: 30 })
    const resources = [
      'resources:',
      `  - {name: shop, cores: 4, promql: sum(cpu), prometheus: "${prometheus.url}"}`,
      `  - {name: cache, promql: sum(other), prometheus: "${prometheus.url}"}`,
      '  - {name: database, command: "echo x >> asked; wc -l < asked; echo 4096"}',
    ]
    const sale = await sell(shopDescriptor(url, 'stock: 30', ...resources), { args: SMALL })
    const [step] = sale.record!.steps
    expect(step!.resources['shop']).toMatchObject({ cpuSeconds: 1.5 })
    expect(step!.resources['database']).toMatchObject({ cpuSeconds: 1, maxRssBytes: 4096 })
    expect(step!.notes).toEqual(['resources of cache could not be read: the query has 0 results, one is wanted'])
  } finally {
    await prometheus[Symbol.asyncDispose]()
  }
})

it('the closed model judges a described target as well', async () => {
  const { url } = await opened({ stock: 500, limit: 20 })
  const args = [
    '--engine',
    'autocannon',
    '--duration',
    '2s',
    '--set',
    'steps[0].connections=4',
    '--set',
    'sale.perUserLimit=20',
  ]
  const sale = await sell(shopDescriptor(url, WHOLE_LEDGER), { args })
  expect(sale.record!.engine).toMatchObject({ name: 'autocannon', model: 'closed' })
  expect(troublesOf(sale)).toEqual([])
  expect(sale.exitCode).toBe(0)
  const capped = await sell(shopDescriptor(url, WHOLE_LEDGER, 'maxRate: 50'), { args })
  expect(capped).toMatchObject({ exitCode: 2, record: null })
  expect(capped.stderr.replaceAll(/\s+/g, ' ')).toMatch(/closed model .* Take the engine open/)
})
