import { describe, expect, it } from 'vitest'
import { parseHistoryLine } from './history-line.ts'
import { parseLedgerLine } from './ledger-line.ts'
import { messageOf } from './testing/usage-errors.ts'

describe('a line of a history', () => {
  it('needs no more than what, when and how it ended', () => {
    expect(parseHistoryLine('{"op":"buy","invokedAt":1.5,"completedAt":2.25,"outcome":"sold"}', 7)).toEqual({
      op: 'operation',
      sku: null,
      saysQuantity: false,
      row: {
        seq: 6,
        kind: 'buy',
        userId: null,
        requestId: null,
        attempt: 1,
        quantity: 1,
        scheduledAtNs: 1_500_000,
        sentAtNs: 1_500_000,
        completedAtNs: 2_250_000,
        outcome: { kind: 'sold', orderId: null },
      },
    })
  })

  it.each([
    [
      { op: 'buy', invokedAt: 0, completedAt: null, outcome: 'unknown' },
      { kind: 'unknown', code: '' },
    ],
    [
      { op: 'buy', invokedAt: 0, completedAt: null, outcome: 'refused' },
      { kind: 'refused', code: '' },
    ],
    [
      { op: 'buy', invokedAt: 0, completedAt: 1, outcome: 'sold', orderId: 'o1' },
      { kind: 'sold', orderId: 'o1' },
    ],
    [{ op: 'buy', invokedAt: 0, completedAt: 1, outcome: 'limitReached', value: null }, { kind: 'limitReached' }],
    [
      { op: 'read', invokedAt: 0, completedAt: 1, value: -3 },
      { kind: 'shown', stock: -3 },
    ],
    [
      { op: 'read', invokedAt: 0, completedAt: 1, outcome: 'shown', value: 3 },
      { kind: 'shown', stock: 3 },
    ],
    [
      { op: 'read', invokedAt: 0, completedAt: null, outcome: 'unknown' },
      { kind: 'unknown', code: '' },
    ],
  ])('%j is taken', (line, outcome) => {
    expect(parseHistoryLine(JSON.stringify(line), 1)).toMatchObject({ row: { outcome } })
  })

  it('may open a sale, with a limit, without one, or without saying', () => {
    const open = (more: object) => parseHistoryLine(JSON.stringify({ op: 'open', sku: 'a', stock: 5, ...more }), 1)
    expect(open({ perUserLimit: 2 })).toEqual({ op: 'open', sku: 'a', stock: 5, perUserLimit: 2 })
    expect(open({ opensAt: 1.5 })).toMatchObject({ hours: { opensAtMs: 1.5, closesAtMs: null } })
    expect(open({ opensAt: null, closesAt: 9 })).toMatchObject({ hours: { opensAtMs: null, closesAtMs: 9 } })
    expect(() => open({ opensAt: '09:00' })).toThrow('"opensAt" must be a number of milliseconds, got "09:00"')
    expect(() => open({ opensAt: 9, closesAt: 9 })).toThrow('"closesAt" must be after "opensAt": 9 <= 9')
    expect(open({ perUserLimit: null })).toMatchObject({ perUserLimit: null })
    expect(open({})).toMatchObject({ perUserLimit: undefined })
  })

  it.each([
    ['not json', 'is not JSON'],
    ['[1]', 'expected a JSON object, got [1]'],
    ['null', 'expected a JSON object, got null'],
    ['{"op":"by","invokedAt":0}', '"op" must be "buy", "read" or "open", got "by"'],
    ['{"invokedAt":0}', '"op" must be "buy", "read" or "open", got nothing'],
    ['{"op":"buy","invokedAt":0,"outcome":"sold"}', '"completedAt" must be a number of milliseconds, it is missing'],
    ['{"op":"buy","completedAt":0,"outcome":"sold"}', '"invokedAt" must be a number of milliseconds, it is missing'],
    [
      '{"op":"buy","invokedAt":null,"completedAt":0,"outcome":"sold"}',
      '"invokedAt" must be a number of milliseconds, got null',
    ],
    [
      '{"op":"buy","invokedAt":"0","completedAt":0,"outcome":"sold"}',
      '"invokedAt" must be a number of milliseconds, got "0"',
    ],
    [
      '{"op":"buy","invokedAt":2,"completedAt":1,"outcome":"sold"}',
      '"completedAt" must not be before "invokedAt": 1 < 2',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":null,"outcome":"soldOut"}',
      '"completedAt" must be a number of milliseconds where there was an answer ("soldOut")',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1}',
      '"outcome" must be one of "sold", "soldOut", "limitReached", "refused", "unknown", got nothing',
    ],
    ['{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"soldout"}', 'got "soldout"; did you mean "soldOut"?'],
    [
      '{"op":"read","invokedAt":0,"completedAt":1,"outcome":"sold"}',
      '"outcome" must be one of "shown", "refused", "unknown", got "sold"',
    ],
    ['{"op":"read","invokedAt":0,"completedAt":1}', '"value" is missing: the stock that the read showed'],
    ['{"op":"read","invokedAt":0,"completedAt":1,"value":1.5}', '"value" must be a whole number'],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","value":1}',
      '"value" is the stock that a read showed; this is a buy',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","quantity":0}',
      '"quantity" must be a whole number from 1 to 1000000000, got 0',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","userId":7.5}',
      '"userId" must be a string that is not empty, or a whole number, got 7.5',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","requestId":9007199254740993}',
      '"requestId" has more digits than a JSON number keeps; write it as a string',
    ],
    [
      '{"op":"buy","invokedAt":1e400,"completedAt":1,"outcome":"sold"}',
      '"invokedAt" must be a number of milliseconds, got a number that is too large',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","requestid":"a"}',
      'unknown key "requestid"; did you mean "requestId"?',
    ],
    [
      '{"op":"buy","invokedAt":0,"completedAt":1,"outcome":"sold","zzzzzzzzz":1}',
      'unknown key "zzzzzzzzz"; known are op, sku,',
    ],
    ['{"op":"open","sku":"a"}', '"stock" is missing'],
    ['{"op":"open","sku":"a","stock":-1}', '"stock" must be a whole number'],
    ['{"op":"open","sku":"a","stock":1,"limit":1}', 'unknown key "limit"'],
  ])('%s is refused', (line, expected) => {
    const message = messageOf(() => parseHistoryLine(line, 12))
    expect(message).toContain(expected)
    expect(message).toMatch(/^history line 12: /)
  })
})

describe('a line of a ledger', () => {
  it('needs an order id only', () => {
    expect(parseLedgerLine('{"orderId":"o1"}', 1)).toEqual({
      sku: null,
      order: { orderId: 'o1', requestId: null, userId: null, quantity: null, durable: true },
    })
  })

  it('may have numbers for ids, as a database has them', () => {
    const { order, sku } = parseLedgerLine('{"orderId":17,"requestId":"r1","userId":-3,"sku":42}', 1)
    expect({ ...order, sku }).toMatchObject({ orderId: '17', requestId: 'r1', userId: '-3', sku: '42' })
  })

  it.each([
    ['{"requestId":"r1"}', '"orderId" is missing'],
    ['{"orderId":"o1","quantity":-1}', '"quantity" must be a whole number'],
    ['{"orderId":"o1","request":"r1"}', 'unknown key "request"; did you mean "requestId"?'],
    ['{', 'is not JSON'],
  ])('%s is refused', (line, expected) => {
    expect(messageOf(() => parseLedgerLine(line, 3))).toContain(`ledger line 3: ${expected}`)
  })
})
