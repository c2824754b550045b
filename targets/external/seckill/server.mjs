/**
 * A seckill API as many were written: forms in, `{code, msg, data}` out, always with status 200, stock as a Redis list of
 * units and orders as another. Made to be pointed at; SHOP_BUG=check-then-act brings back the bug that such shops had.
 *
 * Environment: SHOP_PORT, REDIS_URL, SHOP_BUG.
 */
import { createServer } from 'node:http'
import { Redis } from 'ioredis'

const redis = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379')
redis.on('error', (error) => console.error(error.message))
const hasBug = process.env.SHOP_BUG === 'check-then-act'
const RISK_CHECK_MS = 30

/** One step for Redis: known request, limit, unit, order. Replies with [code, order number]. */
redis.defineCommand('buy', {
  numberOfKeys: 4,
  lua: `
    local stock, orders, requests, bought = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
    local user, token, quantity, limit, number = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
    local known = redis.call('HGET', requests, token)
    if known then return {0, known} end
    if limit > 0 and tonumber(redis.call('HGET', bought, user) or '0') + quantity > limit then return {2, ''} end
    if redis.call('LLEN', stock) < quantity then return {1, ''} end
    redis.call('LPOP', stock, quantity)
    redis.call('HINCRBY', bought, user, quantity)
    redis.call('HSET', requests, token, number)
    redis.call('RPUSH', orders, cjson.encode({order_no = number, uid = user, token = token, num = quantity}))
    return {0, number}`,
})

/** Asks whether the buyer is a bot, as every seckill does; it takes its time. */
const riskCheck = () => new Promise((resolve) => setTimeout(resolve, RISK_CHECK_MS))

/** Looks first and takes after the risk check: in between, others look as well. */
async function buyWithBug(keys, user, token, quantity, limit, number) {
  const [stock, orders, requests, bought] = keys
  const known = await redis.hget(requests, token)
  if (known !== null) return [0, known]
  if (limit > 0 && Number((await redis.hget(bought, user)) ?? 0) + quantity > limit) return [2, '']
  if ((await redis.llen(stock)) < quantity) return [1, '']
  await riskCheck()
  await redis.lpop(stock, quantity)
  await redis.hincrby(bought, user, quantity)
  await redis.hset(requests, token, number)
  await redis.rpush(orders, JSON.stringify({ order_no: number, uid: user, token, num: quantity }))
  return [0, number]
}

let made = 0
const started = Date.now().toString(36)

async function buy(form) {
  const goods = form.get('goods_id')
  const keys = ['stock', 'orders', 'requests', 'bought'].map((name) => `seckill:${goods}:${name}`)
  const quantity = Number(form.get('num') ?? 1)
  const limit = Number((await redis.get(`seckill:${goods}:limit`)) ?? 0)
  const number = `${started}${(++made).toString(36).padStart(6, '0')}`
  const terms = [form.get('uid'), form.get('token'), quantity, limit, number]
  if (!hasBug) await riskCheck()
  const [code, orderNo] = hasBug ? await buyWithBug(keys, ...terms) : await redis.buy(...keys, ...terms)
  if (code === 0) return { code, msg: 'ok', data: { order_no: orderNo } }
  return { code, msg: code === 1 ? 'sold out' : 'limit reached', data: null }
}

async function serve(request, response) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  let answer = { code: 404, msg: 'no such page', data: null }
  try {
    if (pathname === '/health') answer = { code: 0, msg: await redis.ping(), data: null }
    if (pathname === '/seckill/stock') {
      answer = { code: 0, msg: 'ok', data: { left: await redis.llen(`seckill:${searchParams.get('goods_id')}:stock`) } }
    }
    if (pathname === '/seckill' && request.method === 'POST') {
      let body = ''
      for await (const chunk of request) body += chunk
      answer = await buy(new URLSearchParams(body))
    }
  } catch (error) {
    answer = { code: 500, msg: String(error), data: null }
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(answer))
}

const server = createServer((request, response) => void serve(request, response))
server.listen(Number(process.env.SHOP_PORT ?? 8081), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  redis.disconnect()
})
