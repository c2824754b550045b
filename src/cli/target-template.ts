/** A descriptor of a service of one's own to begin with: it is valid as it stands, and says what else there is. */

/** `command`: how a run is pointed at it. */
export function targetTemplate(name: string, command: string): string {
  return `# A service of your own, as Doorbuster sells from it and judges it. Look first, at one buy and one read, then run:
#   ${command} --dry-run
#   ${command}
# docs/target.md tells every key. Texts with {{...}} in them go in quotes.

name: ${name}
url: http://127.0.0.1:8080

# Sent with every request. Secrets come from the environment: they are shown nowhere.
# headers: {authorization: "Bearer {{env.SHOP_TOKEN}}"}

# How a run starts it, so that its CPU and memory are measured. Left out: it runs already.
# start: {command: node shop.js, env: {PORT: 8080}, ready: /healthz, deadline: 30s}

# For \`doorbuster race\`, beside start: the variables by which it finds its stores. It is given others then, which lead
# through gates.
# race: {stores: {DATABASE_URL: "{{env.SHOP_DATABASE_URL}}"}}

# A sale is judged by what the service promises, and by nothing stricter.
promise:
  reads: advisory          # the stock that it shows; or linearizable, or stale(200ms)
  sellsThrough: true       # nobody is turned away while units are left
  sold: paid               # what "sold" means to the buyer; or reserved, or queued

# What it calls the product. Left out: the name that the scenario gives, such as step-1.
# sku: "42"

# Sets up each sale: a request, SQL, a Redis command or a shell command, or a list of them. Left out: nothing does; all
# steps are one sale, of the units that the ledger says, or of \`stock: 100\`.
open:
  - {method: PUT, path: "/admin/products/{{sku}}", json: {stock: "{{stock}}", perUser: "{{limit}}"}}
  # - {postgres: "{{env.SHOP_DATABASE_URL}}", sql: "UPDATE products SET stock = {{stock}} WHERE sku = {{sku}}"}
  # - {redis: "redis://127.0.0.1:6379", command: [SET, "stock:{{sku}}", "{{stock}}"]}
  # - {shell: ./reset.sh "$SKU" "$STOCK"}

# Asked after each step, until nothing is pending any more. Left out: the
# ledger is taken as settled when it stood still for 3 s.
# settle: {path: /admin/queue, until: {json: {/pending: 0}}, every: 200ms, deadline: 30s}

# Accounts, where buyers need some: {{buyer.NAME}} is a column of the file, or what was taken at the login.
# buyers:
#   pool: {csv: buyers.csv}
#   pool: {login: {count: 500, path: /login, form: {name: "{{userId}}"}, take: {session: {cookie: sid}}}}

# How a buyer buys. {{sku}} {{userId}} {{userNumber}} {{requestId}} {{requestUuid}} {{quantity}} are filled in; a text that
# is one of them becomes the value itself, a number where it is one. form: or text: in place of json: are possible.
buy:
  method: POST
  path: /orders
  headers: {idempotency-key: "{{requestId}}"}
  json: {sku: "{{sku}}", user: "{{userId}}", quantity: "{{quantity}}"}

# What the answers mean; the first rule that fits counts. One that none fits may have sold: it is counted as unknown, and
# shown. then: sold, soldOut, limitReached, refused (surely not sold), unknown, queued.
outcomes:
  - {status: [200, 201], then: sold, orderId: /id}
  - {status: 409, json: {/error: sold_out}, then: soldOut}
  - {status: 409, json: {/error: limit}, then: limitReached}
  - {status: 4xx, then: refused, code: /error}
  # - {status: 202, then: queued, ticket: /ticket}

# How a buyer who was queued asks what became of it, until a rule says something else than queued.
# poll:
#   path: "/orders/{{ticket}}"
#   every: 100ms
#   deadline: 10s
#   outcomes:
#     - {json: {/state: confirmed}, then: sold, orderId: /id}
#     - {json: {/state: rejected}, then: soldOut}
#     - {json: {/state: waiting}, then: queued}

# How buyers look at the stock. Left out: they can't.
read: {path: "/products/{{sku}}", stock: /stock}

# What was really sold, read by an auditor from where the service keeps it: Postgres, MySQL, Redis, HTTP or a command.
# The more columns, the more checks can be made. Left out: only what buyers were told is judged.
ledger:
  path: /admin/orders
  query: {sku: "{{sku}}"}
  columns: {orderId: id, requestId: key, userId: user, quantity: quantity}
  remaining: {path: "/products/{{sku}}", stock: /stock}
# ledger:
#   postgres: "{{env.SHOP_DATABASE_URL}}"
#   orders: SELECT id AS "orderId", key AS "requestId", user_id AS "userId", quantity FROM orders WHERE sku = {{sku}}
#   remaining: SELECT stock FROM products WHERE sku = {{sku}}

# shared: true             # others sell from the same stock meanwhile; some checks can't be made then
# maxRate: 500             # requests per second at most, whatever the scenario asks
# warmUp: 2s               # it is only read for so long before the first step
`
}
