/** Descriptors for tests: the shortest, one that says everything, and what loading one comes to. */
import { HarnessError } from '../../core/errors.ts'
import { loadDescriptor } from '../load-descriptor.ts'

/** The problems that a text has, a line each; none when it loads. Any other error goes on its way. */
export function problemLines(text: string): string[] {
  try {
    loadDescriptor(text, 'mine.yaml', '/shop')
    return []
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'DESCRIPTOR_INVALID') return error.message.split('\n')
    throw error
  }
}

/** The least that a descriptor says, changed by `lines`; a line that is null is left out. */
export function descriptorText(lines: Readonly<Record<string, string | null>> = {}): string {
  const all: Record<string, string | null> = {
    name: 'mine',
    url: 'http://127.0.0.1:8080',
    stock: '100',
    buy: '{path: /orders, json: {quantity: "{{quantity}}"}}',
    outcomes: '[{status: 201, then: sold, orderId: /id}]',
    ...lines,
  }
  return Object.entries(all)
    .map(([key, value]) => (value === null ? '' : `${key}: ${value}\n`))
    .join('')
}

/** Holds nearly every key. */
export const EVERYTHING = `name: everything
description: A shop that has it all.
url: https://{{env.SHOP_HOST}}:8443/api/
headers: {Authorization: "Bearer {{env.SHOP_TOKEN}}", Accept: application/json}
tls: {ca: ca.pem, cert: our.pem, key: our.key, serverName: shop.test, insecure: false}
start: {command: [node, shop.js], cwd: shop, env: {PORT: 8443, DATABASE_URL: "{{env.DB}}"}, ready: /healthz, deadline: 10s}
stop: {command: ./stop.sh, cwd: shop, env: {HARD: "1"}, deadline: 5s}
promise: {reads: stale(200ms), sellsThrough: true, sold: reserved}
shared: true
skus: [cherry, 42]
stock: 500
open:
  - {method: PUT, path: "/admin/stock/{{sku}}", query: {now: true}, headers: {x-admin: "{{env.ADMIN}}"}, json: {stock: "{{stock}}", limit: "{{limit}}", note: "run {{runId}}"}}
  - {postgres: "{{env.DB}}", sql: ["DELETE FROM orders", "UPDATE stock SET units = {{stock}} WHERE sku = {{sku}}"]}
  - {mysql: "mysql://shop:{{env.PASSWORD}}@127.0.0.1/shop", sql: "DELETE FROM orders"}
  - {redis: "redis://127.0.0.1:6379", commands: [[DEL, "orders:{{sku}}"], [SET, "stock:{{sku}}", "{{stock}}"]]}
  - {redis: "redis://127.0.0.1:6379", command: [SETEX, "flag", 60, "1"]}
  - {shell: "./reset.sh \\"$SKU\\"", cwd: shop, env: {MODE: fast}, deadline: 20s}
settle:
  - {path: /queue, until: {status: [200, "204-206"], json: {/pending: 0}, header: {x-queue: empty}, body: "\\\\bempty\\\\b"}, every: 50ms, deadline: 1m}
  - {shell: ./wait.sh, every: 1s, deadline: 10s}
close: {method: DELETE, path: "/admin/stock/{{sku}}"}
buyers:
  userIds: buyer-
  pool:
    login:
      count: 50
      method: POST
      path: /login
      form: {name: "{{userId}}", number: "{{userNumber}}"}
      take: {session: {cookie: sid}, token: /token, nonce: {header: X-Nonce}, csrf: {body: 'csrf="([^"]+)"'}, userId: {json: /user/id}}
buy:
  method: POST
  path: /orders
  query: {from: "flash sale", sku: "{{sku}}"}
  headers: {Cookie: "sid={{buyer.session}}", Idempotency-Key: "{{requestUuid}}"}
  json: {sku: "{{sku}}", quantity: "{{quantity}}", note: "{{userId}} asks {{{{nicely}}", lines: [1, 2.5, true, null], "{{sku}}": "{{requestId}}"}
outcomes:
  - {status: 201, then: sold, orderId: /id}
  - {status: [200, "203-205"], header: {location: {matches: "^/orders/"}}, then: sold, orderId: {header: Location}}
  - {status: 409, json: {/error: [sold_out, gone], /hint: {exists: false}}, then: soldOut}
  - {status: 4xx, json: {/error: {matches: "^limit"}}, body: limit, then: limitReached}
  - {status: 429, then: refused, code: BUSY}
  - {status: 422, then: refused, code: /error}
  - {status: 500, then: unknown, code: {header: x-error}}
  - {status: 202, then: queued, ticket: {header: location}}
poll:
  path: "/orders/{{ticket}}"
  every: 50ms
  deadline: 5s
  outcomes:
    - {status: 200, json: {/state: done}, then: sold, orderId: requestId}
    - {status: 200, json: {/state: waiting}, then: queued}
    - {status: 200, then: refused}
read: {path: "/stock/{{sku}}", query: {by: "{{userId}}"}, status: "200-203", stock: /units}
ledger:
  postgres: "{{env.DB}}"
  orders: SELECT id, key, buyer, units FROM orders WHERE sku = {{sku}}
  columns: {orderId: id, requestId: key, userId: buyer, quantity: units}
  remaining: SELECT units FROM stock WHERE sku = {{sku}}
resources:
  - {name: shop, cores: 4, promql: 'sum(container_cpu_usage_seconds_total{name="shop"})', prometheus: "http://127.0.0.1:9090/"}
  - {name: database, command: ./cpu.sh, cwd: shop, deadline: 2s}
maxRate: 500
warmUp: 2s
race: {stores: {DATABASE_URL: "postgres://shop:{{env.PASSWORD}}@127.0.0.1:5432/shop", REDIS_URL: "{{env.CACHE}}"}, quiet: 20ms}
`
