import { describe, expect, it } from 'vitest'
import { fillTemplate } from '../core/fill-template.ts'
import type { TextTemplate } from '../core/buyer-protocol.ts'
import { loadDescriptor } from './index.ts'
import { descriptorText, EVERYTHING, problemLines } from './testing/descriptors.ts'

const load = (lines: Readonly<Record<string, string | null>> = {}) =>
  loadDescriptor(descriptorText(lines), 'mine.yaml', '/shop').descriptor
const everything = loadDescriptor(EVERYTHING, 'mine.yaml', '/shop').descriptor

const VALUES: Readonly<Record<string, string | number>> = {
  sku: 'a/b "c"',
  userId: 'u7',
  quantity: 2,
  requestId: 'r-1',
  stock: 100,
  limit: 3,
  runId: 'run-1',
}
const filled = (template: TextTemplate | null): string => fillTemplate(template!, (name) => VALUES[name] ?? `<${name}>`)

describe('a descriptor', () => {
  it('has every default filled in', () => {
    expect(load()).toEqual({
      name: 'mine',
      description: '',
      folder: '/shop',
      url: ['http://127.0.0.1:8080'],
      headers: [],
      tls: null,
      start: null,
      stop: null,
      resources: [],
      promise: { reads: { kind: 'advisory' }, sellsThrough: false },
      perUserLimit: null,
      soldMeans: 'paid',
      shared: false,
      skus: null,
      initialStock: 100,
      open: null,
      tells: { stock: false, limit: false },
      settle: [],
      close: [],
      buyers: { userIdPrefix: 'u', pool: null },
      protocol: {
        buy: {
          method: 'POST',
          path: ['/orders'],
          headers: [{ name: 'content-type', value: ['application/json'] }],
          body: ['{"quantity":', { value: 'quantity', as: 'json-value' }, '}'],
        },
        outcomes: [
          {
            status: [{ from: 201, to: 201 }],
            where: [],
            then: { kind: 'sold', orderId: { in: 'json', pointer: '/id' } },
            label: 'outcomes[0]',
          },
        ],
        read: null,
        poll: null,
      },
      ledger: null,
      maxRatePerSec: null,
      warmUpMs: 0,
      race: null,
    })
  })

  it('is frozen through and through', () => {
    expect(Object.isFrozen(everything)).toBe(true)
    expect(Object.isFrozen(everything.protocol.outcomes[0]!.status)).toBe(true)
  })

  it('can say everything', () => {
    const { protocol, open, ledger, ...rest } = everything
    expect(rest).toMatchObject({
      url: ['https://', { value: 'env.SHOP_HOST', as: 'plain' }, ':8443/api'],
      headers: [
        { name: 'authorization', value: ['Bearer ', { value: 'env.SHOP_TOKEN', as: 'plain' }] },
        { name: 'accept', value: ['application/json'] },
      ],
      tls: { caFile: 'ca.pem', certFile: 'our.pem', keyFile: 'our.key', serverName: 'shop.test', insecure: false },
      start: {
        by: 'command',
        command: ['node', 'shop.js'],
        cwd: 'shop',
        env: { PORT: ['8443'], DATABASE_URL: [{ value: 'env.DB', as: 'plain' }] },
        deadlineMs: 10_000,
        ready: { path: '/healthz' },
      },
      stop: { command: './stop.sh', cwd: 'shop', env: { HARD: ['1'] }, deadlineMs: 5_000 },
      promise: { reads: { kind: 'stale', maxAgeMs: 200 }, sellsThrough: true },
      perUserLimit: null,
      soldMeans: 'reserved',
      shared: true,
      skus: ['cherry', '42'],
      initialStock: 500,
      maxRatePerSec: 500,
      warmUpMs: 2_000,
      race: {
        stores: {
          DATABASE_URL: ['postgres://shop:', { value: 'env.PASSWORD', as: 'plain' }, '@127.0.0.1:5432/shop'],
          REDIS_URL: [{ value: 'env.CACHE', as: 'plain' }],
        },
        quietMs: 20,
      },
      buyers: { userIdPrefix: 'buyer-', pool: { kind: 'login', count: 50 } },
    })
    expect(rest.settle).toMatchObject([
      {
        everyMs: 50,
        deadlineMs: 60_000,
        until: {
          status: [
            { from: 200, to: 200 },
            { from: 204, to: 206 },
          ],
          where: [
            { at: { in: 'header', name: 'x-queue' }, is: { oneOf: ['empty'] } },
            { at: { in: 'json', pointer: '/pending' }, is: { oneOf: [0] } },
            { at: { in: 'body', pattern: '\\bempty\\b' }, is: { exists: true } },
          ],
        },
      },
      { action: { kind: 'shell', command: { deadlineMs: 10_000 } }, until: null, everyMs: 1_000, deadlineMs: 10_000 },
    ])
    expect(rest.resources.map(({ by, capacityCores }) => [by.kind, capacityCores])).toEqual([
      ['promql', 4],
      ['command', null],
    ])
    expect(open!.map(({ kind }) => kind)).toEqual(['request', 'sql', 'sql', 'redis', 'redis', 'shell'])
    expect(protocol.poll).toMatchObject({ everyMs: 50, deadlineMs: 5_000 })
    expect(ledger!.orders).toMatchObject({
      columns: { orderId: 'id', requestId: 'key', userId: 'buyer', quantity: 'units' },
    })
  })

  it('starts an image as well, whose port is published', () => {
    expect(load({ start: '{image: shop:1, port: 80, command: [--fast], env: {A: b}}' }).start).toEqual({
      by: 'image',
      image: 'shop:1',
      port: 80,
      command: ['--fast'],
      env: { A: ['b'] },
      deadlineMs: 300_000,
      ready: { path: null },
    })
    expect(load({ start: 'node shop.js' }).start).toMatchObject({ by: 'command', command: 'node shop.js', cwd: '.' })
  })

  it.each([
    ['linearizable', { kind: 'linearizable' }],
    ['stale(1.5s)', { kind: 'stale', maxAgeMs: 1_500 }],
    ['stale:200ms', { kind: 'stale', maxAgeMs: 200 }],
    ['advisory', { kind: 'advisory' }],
  ])('promises reads that are %s', (reads, expected) => {
    expect(load({ promise: `{reads: ${reads}}` }).promise.reads).toEqual(expected)
  })
})

describe('a request', () => {
  const buy = (written: string) => load({ buy: written }).protocol.buy

  it('fills numbers into JSON as numbers, and texts so that they stay texts', () => {
    expect(filled(everything.protocol.buy.body)).toBe(
      JSON.stringify({
        sku: VALUES['sku'],
        quantity: 2,
        note: 'u7 asks {{nicely}}',
        lines: [1, 2.5, true, null],
        [String(VALUES['sku'])]: 'r-1',
      }),
    )
  })

  it('percent-encodes what goes into paths, queries and forms', () => {
    const { path, body, headers } = buy(
      '{path: "/buy/{{sku}}?v=1", query: {"a b": "{{sku}}&", n: 5}, form: {sku: "{{sku}}", "x[]": "ä ö", ok: true}}',
    )
    expect(filled(path)).toBe('/buy/a%2Fb%20%22c%22?v=1&a%20b=a%2Fb%20%22c%22%26&n=5')
    expect(filled(body)).toBe('sku=a%2Fb%20%22c%22&x%5B%5D=%C3%A4%20%C3%B6&ok=true')
    expect(headers).toEqual([{ name: 'content-type', value: ['application/x-www-form-urlencoded'] }])
  })

  it('sends a text as it is, and says what it is unless the descriptor does', () => {
    expect(buy('{path: /, text: "n={{quantity}}"}')).toMatchObject({
      headers: [{ name: 'content-type', value: ['text/plain; charset=utf-8'] }],
      body: ['n=', { value: 'quantity', as: 'plain' }],
    })
    expect(buy('{path: /, headers: {Content-Type: text/csv}, text: "1,2"}').headers).toEqual([
      { name: 'content-type', value: ['text/csv'] },
    ])
    expect(buy('{method: GET, path: /buy}')).toEqual({ method: 'GET', path: ['/buy'], headers: [], body: null })
  })

  it('asks after a ticket that is a path as it is, and after any other percent-encoded', () => {
    const poll = (path: string) =>
      load({
        outcomes: '[{status: 201, then: sold}, {status: 202, then: queued, ticket: /ticket}]',
        poll: `{path: "${path}"}`,
      }).protocol.poll!
    expect(poll('{{ticket}}').request.path).toEqual([{ value: 'ticket', as: 'plain' }])
    expect(poll('/orders/{{ ticket }}').request.path).toEqual(['/orders/', { value: 'ticket', as: 'url' }])
    // The rules of the buy, where it has none of its own.
    expect(poll('{{ticket}}').outcomes.map(({ label }) => label)).toEqual(['outcomes[0]', 'outcomes[1]'])
  })
})

describe('a rule', () => {
  const rule = (written: string) =>
    load({ outcomes: `[{status: 201, then: sold}, ${written}]`, poll: null }).protocol.outcomes[1]!

  it.each([
    ['{then: refused}', null],
    ['{status: 201, then: refused}', [{ from: 201, to: 201 }]],
    ['{status: 4xx, then: refused}', [{ from: 400, to: 499 }]],
    ['{status: "404", then: refused}', [{ from: 404, to: 404 }]],
    [
      '{status: [200-204, 301], then: refused}',
      [
        { from: 200, to: 204 },
        { from: 301, to: 301 },
      ],
    ],
  ])('%s is of these statuses', (written, expected) => {
    expect(rule(written).status).toEqual(expected)
  })

  it.each([
    ['{then: refused}', 'HTTP_STATUS'],
    ['{then: refused, code: BUSY}', { fixed: 'BUSY' }],
    ['{then: unknown, code: /error/code}', { at: { in: 'json', pointer: '/error/code' } }],
    ['{then: unknown, code: {header: X-Error}}', { at: { in: 'header', name: 'x-error' } }],
  ])('%s has this code', (written, code) => {
    expect(rule(written).then).toMatchObject({ code })
  })

  it.each([
    ['/id', { in: 'json', pointer: '/id' }],
    ['""', { in: 'json', pointer: '' }],
    ['requestId', { in: 'requestId' }],
    ['{header: Location}', { in: 'header', name: 'location' }],
    ['{cookie: order}', { in: 'cookie', name: 'order' }],
    ['{body: "id=(\\\\d+)"}', { in: 'body', pattern: 'id=(\\d+)' }],
  ])('of a sale takes the order id from %s', (written, orderId) => {
    expect(rule(`{then: sold, orderId: ${written}}`).then).toEqual({ kind: 'sold', orderId })
  })

  it('compares headers as texts and JSON as it is', () => {
    expect(rule('{header: {X-Left: 0}, json: {/left: 0}, then: soldOut}').where).toEqual([
      { at: { in: 'header', name: 'x-left' }, is: { oneOf: ['0'] } },
      { at: { in: 'json', pointer: '/left' }, is: { oneOf: [0] } },
    ])
  })
})

describe('a ledger', () => {
  const ledger = (written: string) => load({ ledger: written, stock: '5' }).ledger!

  it('in SQL has the columns that its query names, unless they are said', () => {
    const columns = (written: string) => ledger(written).orders.columns
    const query = `orders: 'SELECT id AS "orderId", key AS "requestId" FROM orders'`
    expect(columns(`{postgres: "{{env.DB}}", ${query}}`)).toEqual({
      orderId: 'orderId',
      requestId: 'requestId',
      userId: null,
      quantity: null,
      areGuessed: true,
    })
    expect(columns(`{mysql: "{{env.DB}}", ${query}, columns: {orderId: id}}`)).toEqual({
      orderId: 'id',
      requestId: null,
      userId: null,
      quantity: null,
    })
  })

  it('asks its own store for what remains, or another', () => {
    const redis = '{redis: "redis://h", key: "orders:{{sku}}", structure: list, columns: {orderId: value}'
    expect(ledger(`${redis}, remaining: [GET, "stock:{{sku}}"]}`)).toMatchObject({
      orders: { kind: 'redis', structure: 'list' },
      remaining: { kind: 'redis', url: ['redis://h'], command: [['GET'], ['stock:', { value: 'sku' }]] },
    })
    expect(ledger(`${redis}, remaining: {path: "/stock/{{sku}}", stock: /units}}`).remaining).toMatchObject({
      kind: 'http',
      request: { method: 'GET' },
      at: { in: 'json', pointer: '/units' },
    })
    expect(ledger(`${redis}, remaining: {mysql: "{{env.DB}}", sql: SELECT 5}}`).remaining).toMatchObject({
      kind: 'sql',
      store: { engine: 'mysql' },
    })
    expect(ledger(`${redis}, remaining: {shell: ./left.sh, deadline: 3s}}`).remaining).toMatchObject({
      kind: 'shell',
      command: { command: './left.sh', deadlineMs: 3_000 },
    })
  })

  it('comes over HTTP in pages, or from a command', () => {
    expect(ledger('{path: /orders, items: /items, nextPage: /next, columns: {orderId: id}}').orders).toMatchObject({
      kind: 'http',
      format: 'json',
      items: '/items',
      nextPage: '/next',
    })
    expect(ledger('{shell: ./orders.sh, columns: {orderId: id, quantity: n}}').orders).toMatchObject({
      kind: 'shell',
      columns: { orderId: 'id', quantity: 'n' },
    })
    expect(ledger('{shell: ./orders.sh}').orders).toMatchObject({
      columns: { orderId: 'orderId', requestId: 'requestId', userId: 'userId', quantity: 'quantity' },
    })
  })
})

describe('what is refused', () => {
  const sentences = (lines: Readonly<Record<string, string | null>>) =>
    problemLines(descriptorText(lines)).map((line) => line.replace(/^\S+ {2}/, ''))

  it('is told all at once, each with its place', () => {
    expect(
      problemLines(
        descriptorText({ url: 'ftp://shop', shred: 'true', buy: '{path: orders, json: {n: "{{qantity}}"}}' }),
      ),
    ).toEqual([
      'mine.yaml:2:6  url: must be a URL such as http://127.0.0.1:8080, got "ftp://shop"',
      'mine.yaml:4:13  buy.path: must be a path that begins with / and holds no blanks and no #, got "orders"',
      "mine.yaml:4:31  buy.json.n: {{qantity}} can't stand here; did you mean {{quantity}}? known here: sku, userId, userNumber, requestId, requestUuid, quantity, env.NAME, buyer.NAME",
      'mine.yaml:6:1  shred: unknown key; did you mean "shared"?',
    ])
  })

  it.each<[Record<string, string | null>, string]>([
    [{ name: 'my shop' }, 'name: must be up to 63 letters'],
    [{ name: null }, 'name: is missing'],
    [{ buy: null }, 'buy: is missing; it must be a mapping with path'],
    [{ outcomes: null }, 'outcomes: is missing; it must be a list of rules'],
    [{ url: '"http://u:p@h"' }, 'url: must hold no user and password'],
    [{ url: '"http://h/?a=1"' }, 'url: must end before ? and #'],
    [{ url: '"http://{{sku}}"' }, "url: {{sku}} can't stand here"],
    [{ headers: '{"a b": c}' }, 'headers."a b": must be the name of a header'],
    [{ headers: '{Host: a, HOST: b}' }, 'headers.HOST: is given twice'],
    [{ headers: '{content-length: "5"}' }, 'headers.content-length: is set by whoever sends the request'],
    [{ headers: '{a: "b\\r\\nc: d"}' }, 'headers.a: must be one line of plain characters'],
    [{ headers: '{a: "{{buyer.token}}"}' }, "headers.a: {{buyer.token}} can't stand here; known here: env.NAME"],
    [{ tls: '{insecure: true}' }, 'tls: says nothing for a url that begins with http://'],
    [{ url: 'https://h', tls: '{cert: a.pem}' }, 'tls.key: is missing: cert needs it'],
    [{ start: '{cwd: x}' }, 'start: needs one of command, image'],
    [{ start: '{image: a}' }, 'start.port: is missing: image needs it'],
    [{ start: '{image: a, port: 80, command: run}' }, 'start.command: must be a list of arguments beside image'],
    [{ start: '{command: a, port: 80}' }, 'start.port: says nothing beside command'],
    [{ start: '{command: a, ready: "/{{env.X}}"}' }, "start.ready: {{env.X}} can't stand here"],
    [
      { start: 'run {{env.TOKEN}}' },
      'start: can\'t hold {{env.TOKEN}}, since a shell would run what it holds; write "$TOKEN"',
    ],
    [{ promise: '{reads: stale}' }, 'promise.reads: must be linearizable, advisory, or stale(200ms)'],
    [{ sku: '"a"', skus: '["b"]' }, 'skus: says nothing beside sku'],
    [{ stock: '0' }, 'stock: must be a whole number from 1'],
    [{ stock: null }, 'needs one of open, stock and ledger.remaining'],
    [{ open: '[]' }, 'open: must be an action'],
    [{ open: '{}' }, 'open: needs one of path, postgres, mysql, redis, shell'],
    [{ open: '[{path: /a, shell: b}]' }, 'open[0]: needs one of path, postgres, mysql, redis, shell, and not several'],
    [{ open: '{postgres: "{{env.DB}}"}' }, 'open.sql: is missing: postgres needs it'],
    [{ open: '{postgres: "http://h", sql: x}' }, 'open.postgres: must be the URL of the store'],
    [{ open: '{path: /a, sql: x}' }, 'open.sql: says nothing beside path'],
    [{ open: '{redis: "redis://h"}' }, 'open: needs either command or commands'],
    [
      { open: `{postgres: "{{env.DB}}", sql: "UPDATE s SET n = '{{stock}}'"}` },
      'open.sql: must have its placeholders without quotes',
    ],
    [
      { open: '{shell: "reset {{ sku }}"}' },
      `open.shell: can't hold {{sku}}, since a shell would run what it holds; write "$SKU"`,
    ],
    [{ open: '{path: "/{{quantity}}"}' }, "open.path: {{quantity}} can't stand here"],
    [{ settle: '{shell: a, until: {status: 200}}' }, 'settle.until: says nothing beside shell'],
    [{ settle: '{path: /q, until: {}}' }, 'settle.until: needs at least one of status, json, header, body'],
    [{ settle: '{path: /q, every: 5}' }, 'settle.every: must be a duration'],
    [{ buyers: '{pool: {}}' }, 'buyers.pool: needs one of csv, login'],
    [
      { buyers: '{pool: {login: {count: 1, path: /l, take: {}}}}' },
      'buyers.pool.login.take: must be a mapping of names',
    ],
    [
      { buyers: '{pool: {login: {count: 1, path: /l, take: {"a b": /x}}}}' },
      'buyers.pool.login.take."a b": must be a word',
    ],
    [
      { buy: '{path: "/b/{{buyer.token}}"}' },
      "buy.path: {{buyer.token}} needs buyers.pool, which has the buyers' columns",
    ],
    [
      {
        buy: '{path: "/b/{{buyer.sesion}}"}',
        buyers: '{pool: {login: {count: 1, path: /l, take: {session: {cookie: s}}}}}',
      },
      'buy.path: {{buyer.sesion}}: buyers.pool.login takes no sesion; did you mean {{buyer.session}}?',
    ],
    [{ buy: '{path: /b, json: {a: 1}, form: {a: 1}}' }, 'buy.form: says nothing beside json: a request has one body'],
    [{ buy: '{path: /b, json: {a: .nan}}' }, 'buy.json.a: must be a number that JSON can say exactly'],
    [{ buy: '{path: /b, json: {a: 12345678901234567890}}' }, 'buy.json.a: must be a number that JSON can say exactly'],
    [{ buy: '{path: /b, json: ~}' }, 'buy.json: must be a JSON value, got nothing'],
    [{ buy: '{path: /b, json: {a: "{{"}}' }, 'buy.json.a: has a {{ that no }} ends'],
    [{ buy: '{path: "/b c"}' }, 'buy.path: must be a path that begins with /'],
    [{ buy: '{path: "{{ticket}}"}' }, "buy.path: {{ticket}} can't stand here"],
    [{ buy: '{path: /b, method: post}' }, 'buy.method: must be one of GET, HEAD, POST'],
    [{ buy: '{path: /b, form: {a: [1]}}' }, 'buy.form.a: must be a text, a whole number, true or false, got a list'],
    [{ outcomes: '[{status: 409, then: soldOut}]' }, 'outcomes: has no rule with then: sold'],
    [{ outcomes: '[{status: 99, then: sold}]' }, 'outcomes[0].status: must be a status such as 201'],
    [{ outcomes: '[{status: 299-200, then: sold}]' }, 'outcomes[0].status: must begin with the smaller status'],
    [{ outcomes: '[{then: sold, orderId: id}]' }, 'outcomes[0].orderId: must be a JSON pointer such as /id, requestId'],
    [
      { outcomes: '[{then: sold, orderId: {header: a, body: b}}]' },
      'outcomes[0].orderId: needs one of json, header, cookie, body',
    ],
    [{ outcomes: '[{then: sold, code: A}]' }, 'outcomes[0].code: says nothing with then: sold'],
    [
      { outcomes: '[{then: sold}, {then: refused, code: "not a code"}]' },
      'outcomes[1].code: must be a word such as BUSY',
    ],
    [{ outcomes: '[{then: sold, body: "("}]' }, 'outcomes[0].body: is no regular expression: Unterminated group'],
    [
      { outcomes: `[{then: sold, body: "${'a'.repeat(1_001)}"}]` },
      'outcomes[0].body: must have at most 1,000 characters',
    ],
    [{ outcomes: '[{then: sold, json: {error: 1}}]' }, 'outcomes[0].json.error: must be a JSON pointer'],
    [{ outcomes: '[{then: sold, json: {/a~2: 1}}]' }, 'outcomes[0].json."/a~2": must be a JSON pointer'],
    [
      { outcomes: '[{then: sold, json: {/a: {exist: true}}}]' },
      'outcomes[0].json."/a".exist: unknown key; did you mean "exists"?',
    ],
    [{ outcomes: '[{then: sold}, {then: queued}]' }, 'outcomes[1].then: queued needs a poll section'],
    [{ poll: '{path: /p}' }, 'poll: says nothing while no rule of outcomes has then: queued'],
    [
      { outcomes: '[{status: 201, then: sold}, {then: queued}]', poll: '{path: "/p/{{ticket}}"}' },
      'outcomes[1]: needs ticket: where the ticket stands in the answer',
    ],
    [
      { outcomes: '[{status: 201, then: sold}, {then: queued}]', poll: '{path: /p, outcomes: [{then: queued}]}' },
      'poll.outcomes: needs a rule that is not queued',
    ],
    [
      {
        outcomes: '[{status: 201, then: sold}, {then: queued}]',
        poll: '{path: "/p/{{requestId}}"}',
        promise: '{sold: queued}',
      },
      'promise.sold: queued means that a sold answer is only a place in the queue',
    ],
    [{ read: '{path: /s}' }, 'read.stock: is missing; it must be a JSON pointer'],
    [{ ledger: '{}' }, 'ledger: needs one of postgres, mysql, redis, path, shell'],
    [{ ledger: '{postgres: "{{env.DB}}"}' }, 'ledger.orders: is missing: postgres needs it'],
    [{ ledger: '{redis: "redis://h", key: o}' }, 'ledger.structure: is missing: redis needs it'],
    [{ ledger: '{redis: "redis://h", key: o, structure: list}' }, 'ledger.columns: is missing: redis needs it'],
    [{ ledger: '{shell: x, columns: {requestId: r}}' }, 'ledger.columns.orderId: is missing'],
    [
      { ledger: '{path: /o, columns: {orderId: id}, remaining: SELECT 1}' },
      'ledger.remaining: must be a mapping that says where to ask, since the ledger (path) takes no SQL',
    ],
    [
      { ledger: '{path: /o, format: ndjson, items: /a, columns: {orderId: id}}' },
      'ledger.items: says nothing with format: ndjson',
    ],
    [{ ledger: '{postgres: "{{env.DB}}", orders: "SELECT {{stock}}"}' }, "ledger.orders: {{stock}} can't stand here"],
    [{ resources: '[{name: target, command: x}]' }, 'resources[0].name: must be another name than target, generator'],
    [{ resources: '[{name: a}]' }, 'resources[0]: needs one of promql, command'],
    [{ resources: '[{name: a, promql: up}]' }, 'resources[0].prometheus: is missing: promql needs it'],
    [{ maxRate: '0' }, 'maxRate: must be a number above 0'],
    [{ warmUp: '5' }, 'warmUp: must be a duration'],
    [{ start: './shop', race: '{stors: {A: "redis://h"}}' }, 'race.stors: unknown key; did you mean "stores"?'],
    [{ start: './shop', race: '{stores: {}}' }, 'race.stores: must be a mapping of environment variables to URLs'],
    [{ start: './shop', race: '{stores: {a-b: "redis://h"}}' }, 'race.stores.a-b: must be the name of an environment'],
    [{ start: './shop', race: '{stores: {A: "mysql://h/s"}}' }, 'race.stores.A: leads to a MySQL or MariaDB'],
    [{ start: './shop', race: '{stores: {A: "rediss://h"}}' }, 'race.stores.A: begins with rediss://: the gate'],
    [{ start: './shop', race: '{stores: {A: "{{sku}}"}}' }, "race.stores.A: {{sku}} can't stand here"],
    [
      { start: './shop', race: '{stores: {A: "redis://h"}, quiet: 20}' },
      'race.quiet: must be a duration from 1ms to 5000ms',
    ],
    [{ race: '{stores: {A: "redis://h"}}' }, 'race: needs a start with a command'],
    [{ start: '{image: a, port: 80}', race: '{stores: {A: "redis://h"}}' }, 'race: needs a start with a command'],
  ])('%j', (lines, expected) => {
    const told = sentences(lines)
    expect({ told, isTold: told.some((line) => line.startsWith(expected)) }).toEqual({ told, isTold: true })
  })

  it('says where quotes are missing around {{...}}, and not what YAML makes of that', () => {
    const missing = /^must have its \{\{\.\.\.\}\} in quotes/
    for (const buy of ['{path: /orders/{{sku}}, json: {}}', '{path: /orders, json: {n: {{quantity}}}}']) {
      const [sentence, ...others] = sentences({ buy })
      expect([sentence?.replace(/^[\w.]+: /, ''), others]).toEqual([expect.stringMatching(missing), []])
    }
    // A bracket too few elsewhere is what YAML says it is.
    expect(sentences({ headers: '{a: b', buy: '{path: "/orders/{{sku}}"}' })[0]).toMatch(/^is not valid YAML/)
  })

  it('leaves {{...}} that is not ours to the command', () => {
    expect(sentences({ stop: `docker inspect --format '{{.State}}' shop` })).toEqual([])
    expect(
      sentences({ open: `{postgres: "{{env.DB}}", sql: "UPDATE s SET n = {{stock}} -- don't\\n, t = 'x'"}` }),
    ).toEqual([])
  })
})

describe('a warning', () => {
  const warnings = (lines: Readonly<Record<string, string | null>>) =>
    loadDescriptor(descriptorText(lines), 'mine.yaml', '/shop').warnings

  it('is given for a secret in plain sight, and for none that comes from the environment', () => {
    const ledger = (password: string) =>
      `{postgres: "postgres://shop:${password}@db/shop", orders: 'SELECT id AS "orderId" FROM o'}`
    expect(warnings({ ledger: ledger('hunter2') })).toEqual([
      'mine.yaml:6:20  ledger.postgres: holds a password in plain sight; write {{env.NAME}} in its place and give it in the environment',
    ])
    expect(warnings({ ledger: ledger('{{env.PASSWORD}}') })).toEqual([])
    expect(warnings({ headers: '{authorization: Bearer abc}' })).toEqual([
      'mine.yaml:6:26  headers.authorization: holds a secret in plain sight; write {{env.NAME}} in its place and give it in the environment',
    ])
    expect(warnings({ headers: '{authorization: "Bearer {{env.TOKEN}}", accept: "*/*"}' })).toEqual([])
    expect(warnings({ buy: '{path: /b, headers: {X-Api-Key: abc}}' })).toHaveLength(1)
  })

  it('is given for a rule behind one that takes all its answers', () => {
    const unreached = (rules: string) => warnings({ outcomes: `[{status: 201, then: sold}, ${rules}]` })
    expect(unreached('{status: 4xx, then: refused}, {status: 409, then: soldOut}')).toEqual([
      'mine.yaml:5:69  outcomes[2]: is never reached: outcomes[1] takes every answer that it would',
    ])
    expect(unreached('{then: unknown}, {status: 409, then: soldOut}')).toHaveLength(1)
    expect(unreached('{status: 409, then: soldOut}, {status: 4xx, then: refused}, {then: unknown}')).toEqual([])
    expect(unreached('{status: 4xx, body: out, then: soldOut}, {status: 409, then: soldOut}')).toEqual([])
  })

  it('is given when nothing that opens the sale holds the stock', () => {
    const open = (written: string, stock: string | null = null) => warnings({ open: written, stock })
    expect(open('{path: /reset}')).toHaveLength(1)
    expect(open('{path: /reset}', '100')).toEqual([])
    expect(open('{path: "/reset/{{stock}}"}')).toEqual([])
    expect(open('{shell: ./reset.sh}')).toEqual([])
  })

  it('is not given for a descriptor that says everything well', () => {
    expect(loadDescriptor(EVERYTHING, 'mine.yaml', '/shop').warnings).toEqual([])
  })
})
