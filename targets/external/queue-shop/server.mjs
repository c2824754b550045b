/**
 * A shop that queues: an order is taken with 202 and a ticket, decided later, and asked after until it is. It keeps all in
 * its memory. Made to be pointed at; SHOP_BUG=counts-clicks brings back a bug that such shops had: the counter at the door
 * counts every click, those of double clicks and of buyers over their limit too, and says "sold out" while units are left.
 *
 * Environment: SHOP_PORT, SHOP_BUG, SHOP_ADMIN_TOKEN (whoever opens a sale or reads its orders shows it).
 */
import { createServer } from 'node:http'

const hasBug = process.env.SHOP_BUG === 'counts-clicks'
const adminToken = process.env.SHOP_ADMIN_TOKEN ?? ''
/** Orders decided at a time, and how long that takes. */
const BATCH = 20
const BATCH_MS = 5
const PAGE = 500

const sales = new Map()
const tickets = new Map()
const queue = []

setInterval(() => {
  for (const order of queue.splice(0, BATCH)) decide(order)
}, BATCH_MS)

function decide(order) {
  const sale = sales.get(order.sku)
  const bought = sale.bought.get(order.buyer) ?? 0
  if (bought + order.units > sale.limit) order.state = 'over limit'
  else if (sale.left < order.units) order.state = 'sold out'
  else {
    sale.left -= order.units
    sale.bought.set(order.buyer, bought + order.units)
    sale.orders.push(order)
    order.state = 'confirmed'
  }
}

function take(sale, { sku, buyer, key, units }) {
  // At the door: who can't get anything any more isn't queued.
  if (hasBug) sale.door -= units
  const known = sale.keys.get(key)
  if (known !== undefined && !(hasBug && sale.door < 0)) return { status: 202, body: { ticket: known } }
  if (hasBug ? sale.door < 0 : sale.left <= 0) return { status: 409, body: { state: 'sold out' } }
  const ticket = `t${tickets.size + 1}`
  const order = { ticket, sku, buyer, key, units, state: 'queued' }
  tickets.set(ticket, order)
  sale.keys.set(key, ticket)
  queue.push(order)
  return { status: 202, body: { ticket } }
}

async function answerTo(request, { pathname, searchParams }) {
  const { method } = request
  const [, place, name] = pathname.split('/')
  if (place === 'health') return { status: 200, body: {} }
  if (place === 'stock') return { status: 200, body: { units: sales.get(name)?.left ?? 0 } }
  if (place === 'tickets') {
    const order = tickets.get(name)
    return order === undefined
      ? { status: 404, body: {} }
      : { status: 200, body: { state: order.state, number: order.ticket } }
  }
  let text = ''
  for await (const chunk of request) text += chunk
  if (place === 'orders' && method === 'POST') {
    const order = JSON.parse(text)
    const sale = sales.get(order.sku)
    return sale === undefined ? { status: 404, body: {} } : take(sale, order)
  }
  if (request.headers.authorization !== `Bearer ${adminToken}`) return { status: 403, body: {} }
  if (place === 'queue') return { status: 200, body: { waiting: queue.length } }
  if (place === 'sales' && method === 'PUT') {
    const { stock, limit } = JSON.parse(text)
    const terms = { limit: limit ?? Number.POSITIVE_INFINITY, left: stock, door: stock }
    sales.set(name, { ...terms, bought: new Map(), keys: new Map(), orders: [] })
    return { status: 201, body: {} }
  }
  if (place === 'sales') {
    const from = Number(searchParams.get('from') ?? 0)
    const { orders = [], left = 0 } = sales.get(name) ?? {}
    const next = from + PAGE < orders.length ? `/sales/${name}?from=${from + PAGE}` : null
    return { status: 200, body: { left, orders: orders.slice(from, from + PAGE), next } }
  }
  return { status: 404, body: {} }
}

async function serve(request, response) {
  let answer
  try {
    answer = await answerTo(request, new URL(request.url ?? '/', 'http://localhost'))
  } catch (error) {
    answer = { status: 400, body: { error: String(error) } }
  }
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer.body))
}

const server = createServer((request, response) => void serve(request, response))
server.listen(Number(process.env.SHOP_PORT ?? 8083), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
