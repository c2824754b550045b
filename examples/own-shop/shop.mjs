/**
 * A small shop in memory, to try out how Doorbuster is pointed at a service: node shop.mjs [--careless]
 * The careless one asks somebody else between its look at the stock and the sale, as many do.
 */
import { createServer } from 'node:http'
import { setTimeout as askTheBank } from 'node:timers/promises'

const isCareless = process.argv.includes('--careless')
const sales = new Map()
let orders = 0

async function buy({ sku, user, key, quantity }) {
  const sale = sales.get(sku)
  if (sale === undefined) return [404, { error: 'no_such_product' }]
  const before = sale.orders.get(key)
  if (before !== undefined) return [200, before]
  if (sale.limit !== null && (sale.bought.get(user) ?? 0) + quantity > sale.limit) return [409, { error: 'limit' }]
  if (sale.units < quantity) return [409, { error: 'sold_out' }]
  if (isCareless) await askTheBank(20)
  sale.units -= quantity
  sale.bought.set(user, (sale.bought.get(user) ?? 0) + quantity)
  const order = { id: `o${++orders}`, user, key, quantity }
  sale.orders.set(key, order)
  return [201, order]
}

async function answerTo({ method, url }, body) {
  const [, place, sku = ''] = decodeURIComponent(url).split('/')
  if (place === 'orders' && method === 'POST') return await buy(JSON.parse(body))
  if (place === 'orders') return [200, [...(sales.get(sku)?.orders.values() ?? [])]]
  if (place === 'sales' && method === 'PUT') {
    const { stock, limit } = JSON.parse(body)
    sales.set(sku, { units: stock, limit, orders: new Map(), bought: new Map() })
    return [201, {}]
  }
  if (place === 'sales') return [200, { units: sales.get(sku)?.units ?? 0 }]
  return [place === 'healthz' ? 200 : 404, {}]
}

createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    void answerTo(request, body)
      .catch((error) => [500, { error: String(error) }])
      .then(([status, answer]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer))
      })
  })
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1')
