/**
 * A shop with accounts on MySQL or MariaDB: buyers log in and carry a session cookie, an order is a row. Made to be pointed
 * at; SHOP_BUG=late-insert brings back a bug that such shops had: the buyer is told "sold" first, the order is written
 * afterwards under a number of the second and three digits by chance, and two orders of one number are one row.
 *
 * Environment: SHOP_PORT, SHOP_DATABASE_URL (mysql://...), SHOP_BUG. It makes its tables itself.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createPool } from 'mysql2/promise'

const database = createPool({ uri: process.env.SHOP_DATABASE_URL, connectionLimit: 16 })
const hasBug = process.env.SHOP_BUG === 'late-insert'
const sessions = new Map()

for (const table of [
  'products (sku VARCHAR(64) PRIMARY KEY, stock INT NOT NULL, per_user INT NULL)',
  `orders (number VARCHAR(64) PRIMARY KEY, checkout VARCHAR(64) NOT NULL UNIQUE, customer VARCHAR(64) NOT NULL,
     sku VARCHAR(64) NOT NULL, units INT NOT NULL, INDEX (sku, customer))`,
]) {
  await database.query(`CREATE TABLE IF NOT EXISTS ${table}`)
}

const numberOfTheSecond = () => `${Math.floor(Date.now() / 1000)}-${Math.floor(Math.random() * 1000)}`

async function inTransaction(work) {
  const connection = await database.getConnection()
  try {
    await connection.beginTransaction()
    const result = await work(connection)
    await connection.commit()
    return result
  } catch (error) {
    await connection.rollback()
    throw error
  } finally {
    connection.release()
  }
}

/** The product's row is locked first: all that follows is seen and done by one buyer at a time. */
async function checkOut(customer, { sku, units, checkout }) {
  return await inTransaction(async (connection) => {
    const [[product]] = await connection.query('SELECT stock, per_user FROM products WHERE sku = ? FOR UPDATE', [sku])
    if (product === undefined) return { status: 404, body: { error: 'no such product' } }
    const [[known]] = await connection.query('SELECT number FROM orders WHERE checkout = ?', [checkout])
    if (known !== undefined) return { status: 200, body: { order: known.number } }
    const [[{ bought }]] = await connection.query(
      'SELECT COALESCE(SUM(units), 0) AS bought FROM orders WHERE sku = ? AND customer = ?',
      [sku, customer],
    )
    if (product.per_user !== null && Number(bought) + units > product.per_user) {
      return { status: 403, body: { error: 'limit' } }
    }
    if (product.stock < units) return { status: 410, body: { error: 'sold out' } }
    await connection.query('UPDATE products SET stock = stock - ? WHERE sku = ?', [units, sku])
    const number = hasBug ? numberOfTheSecond() : randomUUID()
    const insert = (by) =>
      by.query('INSERT INTO orders VALUES (?, ?, ?, ?, ?)', [number, checkout, customer, sku, units])
    if (hasBug) setImmediate(() => insert(database).catch((error) => console.error(error.message)))
    else await insert(connection)
    return { status: 201, body: { order: number } }
  })
}

async function answerTo(request, path) {
  if (path === '/health') return { status: 200, body: {} }
  if (path.startsWith('/products/')) {
    const [[product]] = await database.query('SELECT stock FROM products WHERE sku = ?', [path.slice(10)])
    return product === undefined ? { status: 404, body: {} } : { status: 200, body: { stock: product.stock } }
  }
  let text = ''
  for await (const chunk of request) text += chunk
  if (path === '/login') {
    const session = randomUUID()
    sessions.set(session, new URLSearchParams(text).get('name'))
    return { status: 303, body: {}, headers: { location: '/', 'set-cookie': `sid=${session}; Path=/; HttpOnly` } }
  }
  if (path !== '/checkout') return { status: 404, body: {} }
  const customer = sessions.get(/(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1])
  if (customer === undefined) return { status: 401, body: { error: 'log in first' } }
  return await checkOut(customer, JSON.parse(text))
}

async function serve(request, response) {
  let answer
  try {
    answer = await answerTo(request, new URL(request.url ?? '/', 'http://localhost').pathname)
  } catch (error) {
    answer = { status: 500, body: { error: String(error) } }
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
  response.end(JSON.stringify(answer.body))
}

const server = createServer((request, response) => void serve(request, response))
server.listen(Number(process.env.SHOP_PORT ?? 8082), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void database.end()
})
