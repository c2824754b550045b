// The scenario "smoke", seed 1, for k6 1.x and 2.x. Made by:
//   doorbuster k6 script smoke
//
// Run it:  k6 run -e BASE_URL=http://127.0.0.1:3000 THIS_FILE
// It counts what buyers were told. Whether that was right, only the orders can say: judge them afterwards.
// Poisson arrivals come at an even rate: k6 has no others.
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http from 'k6/http'
import { Counter, Rate, Trend } from 'k6/metrics'

const BASE_URL = (__ENV.BASE_URL || 'http://127.0.0.1:3000').replace(/\/+$/, '')
// A request without an answer for so long is given up, ms.
const TIMEOUT_MS = 2000
// The same seed gives the same buyers.
const SEED = 1
const BUYERS = {
  population: 2000,
  quantities: [{ quantity: 1, weight: 1 }],
  doubleClickShare: 0.05,
  readShare: 0.1,
  bots: null,
}
const SKUS = null

export const options = {
  scenarios: {
    step_1: {
      executor: 'constant-arrival-rate',
      rate: 4142,
      timeUnit: '10s',
      duration: '10s',
      exec: 'buyer',
      env: { DOORBUSTER_STEP: '1' },
      preAllocatedVUs: 1024,
      maxVUs: 1024,
      gracefulStop: '7000ms',
    },
  },
  setupTimeout: '10m',
  summaryTrendStats: ['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
  thresholds: {
    'sale_achieved{scenario:step_1}': ['count>=4100.58'],
  },
}

// Who buys what.

const STEPS = {
  '1': { index: 0, rows: 4142, skus: ['step-1'], stocks: [1767] },
}

/** A stream of random numbers in [0, 1): sfc32, the same on every machine for the same seed. */
function randomStream(stream) {
  let mix = (SEED ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0
  const splitmix = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ (z >>> 15)) | 0
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** Draws the user of each buy: one of the population, or one of the few bots, whose numbers follow the population's. */
function userDrawer(index) {
  const ofPopulation = randomStream(index * 4 + 2)
  const { population, bots } = BUYERS
  if (bots === null) return () => Math.floor(ofPopulation() * population)
  const ofBots = randomStream((1 << 20) + index)
  return () => {
    const user = Math.floor(ofPopulation() * population)
    const bot = Math.floor(ofBots() * bots.users)
    return ofBots() < bots.share ? population + bot : user
  }
}

/** Draws how many units a buy is for, by weight. */
function quantityDrawer(index) {
  const { quantities } = BUYERS
  if (quantities.length === 1) return () => quantities[0].quantity
  const draw = randomStream(index * 4 + 3)
  const total = quantities.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  const upTo = quantities.map(({ weight }) => (sum += weight) / total)
  return () => {
    const drawn = draw()
    const at = upTo.findIndex((bound) => drawn < bound)
    return quantities[at === -1 ? quantities.length - 1 : at].quantity
  }
}

/** Draws the SKU of each request, by Zipf's law: the first is asked for most. */
function skuDrawer(index) {
  if (SKUS === null) return () => 0
  const draw = randomStream((1 << 22) + index)
  let sum = 0
  const upTo = Array.from({ length: SKUS.count }, (_, rank) => (sum += (rank + 1) ** -SKUS.skew))
  return () => {
    const drawn = draw() * sum
    let low = 0
    let high = SKUS.count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (drawn < upTo[middle]) high = middle
      else low = middle + 1
    }
    return low
  }
}

/**
 * The requests of step `index`, in order: iteration k of the step takes entry k of each column. A double click is two
 * requests with one buy, and so with one request id; a read has the buy -1.
 */
function planRows(index, rows) {
  const { doubleClickShare, readShare } = BUYERS
  const readChance = (readShare * (1 + doubleClickShare)) / (1 + readShare * doubleClickShare)
  const kinds = randomStream(index * 4 + 1)
  const drawUser = userDrawer(index)
  const drawQuantity = quantityDrawer(index)
  const drawSku = skuDrawer(index)
  const columns = { user: [], buy: [], quantity: [], sku: [] }
  const add = (user, buy, quantity, sku) => {
    columns.user.push(user)
    columns.buy.push(buy)
    columns.quantity.push(quantity)
    columns.sku.push(sku)
  }
  for (let buy = 0; columns.buy.length < rows; ) {
    const isRead = kinds() < readChance
    const isDouble = kinds() < doubleClickShare && !isRead && columns.buy.length + 1 < rows
    if (isRead) {
      add(0, -1, 0, drawSku())
      continue
    }
    const user = drawUser()
    const quantity = drawQuantity()
    const sku = drawSku()
    add(user, buy, quantity, sku)
    if (isDouble) add(user, buy, quantity, sku)
    buy++
  }
  return columns
}

const planned = {}
function plannedColumn(step, column) {
  planned[step.index] ||= planRows(step.index, step.rows)
  return planned[step.index][column]
}

// Columns that all VUs share: planned once, by the first that asks.
const COLUMNS = {}
for (const step of Object.values(STEPS)) {
  COLUMNS[step.index] = {}
  for (const column of ['user', 'buy']) {
    COLUMNS[step.index][column] = new SharedArray(`step ${step.index + 1} ${column}`, () => plannedColumn(step, column))
  }
}

function rowOf(step, k, run) {
  const columns = COLUMNS[step.index]
  const user = columns.user[k]
  const buy = columns.buy[k]
  const prefix = `${run}-${step.index + 1}-`
  return {
    user,
    userId: 'u' + user,
    buy,
    prefix,
    requestId: prefix + buy,
    quantity: 1,
    sku: step.skus[0],
  }
}

// What is sent.

/** RFC 3986: everything but unreserved characters. */
function urlText(value) {
  return encodeURIComponent(value).replace(/[!'()*]/g, (one) => '%' + one.charCodeAt(0).toString(16).toUpperCase())
}

/** Inside a JSON string. */
function jsonText(value) {
  return JSON.stringify(String(value)).slice(1, -1)
}

function sendBuy(row) {
  return http.request('POST', `${BASE_URL}/v1/sales/${urlText(row.sku)}/orders`, `{"userId":"${jsonText(row.userId)}","quantity":${JSON.stringify(row.quantity)}}`, {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `${row.requestId}`,
    },
    redirects: 0,
    timeout: TIMEOUT_MS,
    tags: { name: 'buy' },
  })
}

function sendRead(row) {
  return http.request('GET', `${BASE_URL}/v1/sales/${urlText(row.sku)}`, null, {
    headers: {
    },
    redirects: 0,
    timeout: TIMEOUT_MS,
    tags: { name: 'read' },
  })
}

// What answers mean.

/** The first rule that holds counts. */
const OUTCOMES = [
  {"status":[{"from":200,"to":201}],"where":[{"at":{"in":"json","pointer":"/orderId"},"is":{"exists":true}}],"then":{"kind":"sold","orderId":{"in":"json","pointer":"/orderId"}}},
  {"status":[{"from":400,"to":499}],"where":[{"at":{"in":"json","pointer":"/effect"},"is":{"oneOf":["unknown"]}}],"then":{"kind":"unknown","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":409,"to":409}],"where":[{"at":{"in":"json","pointer":"/code"},"is":{"oneOf":["SOLD_OUT"]}}],"then":{"kind":"soldOut"}},
  {"status":[{"from":409,"to":409}],"where":[{"at":{"in":"json","pointer":"/code"},"is":{"oneOf":["LIMIT_EXCEEDED"]}}],"then":{"kind":"limitReached"}},
  {"status":[{"from":400,"to":499}],"where":[],"then":{"kind":"refused","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":500,"to":599}],"where":[{"at":{"in":"json","pointer":"/effect"},"is":{"oneOf":["none"]}}],"then":{"kind":"refused","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":300,"to":399}],"where":[],"then":{"kind":"unknown","code":"HTTP_STATUS"}},
  {"status":[{"from":500,"to":599}],"where":[],"then":{"kind":"unknown","code":{"at":{"in":"json","pointer":"/code"}}}},
]

const READ = { status: [{ from: 200, to: 200 }], stock: { in: 'json', pointer: '/stock' } }

const READ_REFUSALS = [
  {"status":[{"from":400,"to":499}],"where":[{"at":{"in":"json","pointer":"/effect"},"is":{"oneOf":["unknown"]}}],"then":{"kind":"unknown","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":400,"to":499}],"where":[],"then":{"kind":"refused","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":500,"to":599}],"where":[{"at":{"in":"json","pointer":"/effect"},"is":{"oneOf":["none"]}}],"then":{"kind":"refused","code":{"at":{"in":"json","pointer":"/code"}}}},
  {"status":[{"from":300,"to":399}],"where":[],"then":{"kind":"unknown","code":"HTTP_STATUS"}},
  {"status":[{"from":500,"to":599}],"where":[],"then":{"kind":"unknown","code":{"at":{"in":"json","pointer":"/code"}}}},
]

/** Whether a poll with this ticket can be sent. */
function isTicket(text) {
  return text !== undefined && /^[\x20-\x7e\xa0-\xff]{1,2048}$/.test(text)
}

/** What k6 says of a request that has no answer; of those that never left, it is sure that nothing was sold. */
function failureOf(res) {
  const error = res.error_code
  if (!error || (error >= 1400 && error < 1600)) return null
  if (error === 1050) return { kind: 'unknown', code: 'TIMEOUT' }
  if (error === 1701) return { kind: 'unknown', code: 'NOT_UNDERSTOOD' }
  if (res.status > 0) return { kind: 'unknown', code: 'CUT_SHORT' }
  if (error === 1212) return { kind: 'refused', code: 'CONNECT_REFUSED' }
  if (error === 1211) return { kind: 'refused', code: 'CONNECT_TIMEOUT' }
  if (NEVER_LEFT.includes(error)) return { kind: 'refused', code: 'CONNECT_FAILED' }
  return { kind: 'unknown', code: 'RESET' }
}

// Names that aren't found, addresses that are blocked, dials that fail, certificates that nobody trusts.
const NEVER_LEFT = [1020, 1100, 1101, 1110, 1111, 1210, 1213, 1310, 1311]

/** The body as JSON; undefined for anything else. U+FFFD stands where k6 met bytes that are no UTF-8. */
function documentOf(answer) {
  if (answer.isParsed) return answer.document
  answer.isParsed = true
  try {
    if (!answer.body.includes('\ufffd')) answer.document = JSON.parse(answer.body.replace(/^\ufeff/, ''))
  } catch (_noJson) {
    answer.document = undefined
  }
  return answer.document
}

const keys = {}
/** RFC 6901. */
function keysOf(pointer) {
  const unescaped = (written) => written.replace(/~1/g, '/').replace(/~0/g, '~')
  return (keys[pointer] ||= pointer.split('/').slice(1).map(unescaped))
}

function pointedAt(document, pointer) {
  let value = document
  for (const key of keysOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.prototype.hasOwnProperty.call(value, key)) return undefined
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined
    value = value[key]
  }
  return value
}

function headerOf(res, name) {
  const found = Object.keys(res.headers).find((one) => one.toLowerCase() === name)
  return found === undefined ? undefined : res.headers[found]
}

function valueAt(answer, at) {
  switch (at.in) {
    case 'json':
      return pointedAt(documentOf(answer), at.pointer)
    case 'header':
      return headerOf(answer.res, at.name)
    case 'cookie': {
      const cookies = answer.res.cookies[at.name]
      return cookies === undefined ? undefined : cookies[0].value
    }
    case 'body': {
      const found = patternOf(at.pattern).exec(answer.body.slice(0, 65536))
      return found === null ? undefined : found.length > 1 ? found[1] : found[0]
    }
    case 'requestId':
      return answer.requestId
  }
}

const patterns = {}
function patternOf(pattern) {
  return (patterns[pattern] ||= new RegExp(pattern, 'u'))
}

function satisfies(value, test) {
  if ('exists' in test) return (value !== undefined) === test.exists
  if (value === undefined) return false
  if ('oneOf' in test) return test.oneOf.includes(value)
  return (typeof value !== 'object' || value === null) && patternOf(test.matches).test(String(value).slice(0, 65536))
}

function isWithin(ranges, status) {
  if (ranges === null) return true
  for (let i = 0; i < ranges.length; i++) if (status >= ranges[i].from && status <= ranges[i].to) return true
  return false
}

function fits(rule, answer) {
  if (!isWithin(rule.status, answer.status)) return false
  for (let i = 0; i < rule.where.length; i++) {
    if (!satisfies(valueAt(answer, rule.where[i].at), rule.where[i].is)) return false
  }
  return true
}

/** A text, or undefined. */
function textOf(value) {
  if (typeof value === 'string') return value
  return undefined
}

/** An order id has 1 to 255 bytes. */
function orderIdOf(value) {
  const text = textOf(value)
  if (text === undefined || text.length === 0 || text.includes('\ufffd')) return undefined
  // A unit of a text takes three bytes at most: most ids need no counting.
  return text.length <= 85 || (text.length <= 255 && utf8Length(text) <= 255) ? text : undefined
}

function utf8Length(text) {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0)
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

function codeOf(code, answer) {
  if (code !== 'HTTP_STATUS' && 'fixed' in code) return code.fixed
  const text = code === 'HTTP_STATUS' ? undefined : textOf(valueAt(answer, code.at))
  return text !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(text) ? text : 'HTTP_' + answer.status
}

/** The first rule that holds counts. */
function ruled(rules, answer) {
  const rule = rules.find((one) => fits(one, answer))
  if (rule === undefined) return { kind: 'unknown', code: 'NOT_UNDERSTOOD' }
  const { then } = rule
  switch (then.kind) {
    case 'sold': {
      if (then.orderId === null) return { kind: 'sold', orderId: null }
      const orderId = orderIdOf(valueAt(answer, then.orderId))
      return orderId === undefined ? { kind: 'unknown', code: 'NOT_UNDERSTOOD' } : { kind: 'sold', orderId }
    }
    case 'queued': {
      if (then.ticket === null) return { kind: 'queued', ticket: undefined }
      const ticket = textOf(valueAt(answer, then.ticket))
      return isTicket(ticket) ? { kind: 'queued', ticket } : { kind: 'unknown', code: 'NOT_UNDERSTOOD' }
    }
    case 'refused':
    case 'unknown':
      return { kind: then.kind, code: codeOf(then.code, answer) }
    default:
      return { kind: then.kind }
  }
}

function answerOf(res, requestId) {
  const { body, status } = res
  return { res, status, requestId, body: typeof body === 'string' ? body : '', isParsed: false, document: undefined }
}

function outcomeOfBuy(rules, res, requestId) {
  return failureOf(res) || ruled(rules, answerOf(res, requestId))
}

function outcomeOfRead(res) {
  const failure = failureOf(res)
  if (failure !== null) return failure
  const answer = answerOf(res, '')
  if (!isWithin(READ.status, res.status)) {
    if (READ_REFUSALS !== null) return ruled(READ_REFUSALS, answer)
    if (res.status >= 400 && res.status < 500) return { kind: 'refused', code: 'HTTP_' + res.status }
    return { kind: 'unknown', code: res.status >= 300 ? 'HTTP_' + res.status : 'NOT_UNDERSTOOD' }
  }
  const value = valueAt(answer, READ.stock)
  const stock = value
  const isStock = Number.isInteger(stock) && stock >= -2147483648 && stock <= 2147483647
  if (isStock) return { kind: 'shown', stock }
  return { kind: 'unknown', code: value === undefined ? 'NOT_UNDERSTOOD' : 'NOT_UNDERSTOOD' }
}

// What is counted.

const sold = new Counter('sale_sold')
const soldOut = new Counter('sale_sold_out')
const limitReached = new Counter('sale_limit_reached')
const refused = new Counter('sale_refused')
const shown = new Counter('sale_shown')
const unknown = new Counter('sale_unknown')
const achieved = new Counter('sale_achieved')
const errors = new Rate('sale_errors')
const responseTime = new Trend('sale_response_time', true)

const COUNTERS = { sold, soldOut, limitReached, refused, shown, unknown }

function record(k, row, sent, done, res, outcome) {
  // A buyer who is told that the sale is not open was answered, too.
  const isAnswer = !['refused', 'unknown'].includes(outcome.kind) || outcome.code === 'NOT_OPEN'
  COUNTERS[outcome.kind].add(1, outcome.code === undefined ? {} : { code: outcome.code })
  if (isAnswer) achieved.add(1)
  errors.add(!isAnswer)
  // What never left took no time; what has no answer counts as the time-out at least.
  if (!(outcome.code || '').startsWith('CONNECT_')) responseTime.add(res.status > 0 ? done - sent : Math.max(done - sent, TIMEOUT_MS))
}

let instance = null
function now() {
  instance ||= exec.instance
  return instance.currentTestRunDuration
}

/** Opens the sales, where the server's ADMIN_TOKEN is given; else they must be open. */
export function setup() {
  const run = __ENV.RUN_ID || 'k6-' + Date.now().toString(36)
  if (!__ENV.ADMIN_TOKEN) {
    console.warn('no ADMIN_TOKEN: the sales must be open, one for each SKU of STEPS')
    return { run }
  }
  const headers = { authorization: `Bearer ${__ENV.ADMIN_TOKEN}`, 'content-type': 'application/json' }
  for (const step of Object.values(STEPS)) {
    step.skus.forEach((sku, place) => {
      const terms = { stock: step.stocks[place], perUserLimit: 2 }
      const res = http.put(`${BASE_URL}/v1/sales/${sku}`, JSON.stringify(terms), { headers, tags: { name: 'open' } })
      // Of processes that share a run, one opens it.
      const isOpen = res.status === 201 || (res.status === 409 && Boolean(__ENV.RUN_ID))
      if (!isOpen) exec.test.abort(`the sale of ${sku} could not be opened: ${res.status} ${res.body || res.error}`)
    })
  }
  return { run }
}

// One request: iteration k of a step is row k of its plan.

let scenario = null
export function buyer(data) {
  scenario ||= exec.scenario
  const step = STEPS[__ENV.DOORBUSTER_STEP]
  const k = scenario.iterationInTest
  // k6 may begin an iteration more than the plan has requests.
  if (k >= step.rows) return
  const row = rowOf(step, k, data.run)
  if (row.buy < 0) {
    const sent = now()
    const res = sendRead(row)
    const done = now()
    record(k, row, sent, done, res, outcomeOfRead(res))
    return
  }
  const sent = now()
  const res = sendBuy(row)
  const done = now()
  const outcome = outcomeOfBuy(OUTCOMES, res, row.requestId)
  record(k, row, sent, done, res, outcome)
}
