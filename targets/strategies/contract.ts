/**
 * Holds a strategy that somebody else wrote to the contract of strategy.ts, as far as a look at it can: what its
 * compiler would have said, and what a compiler can't see. Everything that is wrong is said at once.
 */
import { CHECKS } from '../../src/core/check.ts'
import type { Attempt, BuyRequest, BuyResult, StartedStrategy, Strategy } from './strategy.ts'

/** It doesn't keep the contract; the message names the members. */
export class ContractError extends Error {}

type Test = (value: unknown) => boolean

const isText: Test = (value) => typeof value === 'string' && value.length > 0
const isFunction: Test = (value) => typeof value === 'function'
const isBoolean: Test = (value) => typeof value === 'boolean'
const isOneOf =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value)
const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test)
const matches =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === 'string' && pattern.test(value)

type Rule = readonly [member: string, test: Test, expected: string]

const TABLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/

const STRATEGY_RULES: readonly Rule[] = [
  ['description.name', matches(/^[a-z][a-z0-9-]{0,39}$/), 'up to 40 small letters, digits and hyphens'],
  ['description.summary', isText, 'a text'],
  ['description.control', isBoolean, 'true or false'],
  ['description.promise.reads.kind', isOneOf('linearizable', 'stale', 'advisory'), 'linearizable, stale or advisory'],
  ['description.promise.sellsThrough', isBoolean, 'true or false'],
  ['description.rightWith', isOneOf('any-instances', 'one-process', 'never'), 'any-instances, one-process or never'],
  ['description.needs', isListOf(isOneOf('postgres', 'redis')), 'a list of postgres and redis'],
  ['description.durableWhen', isText, 'a text'],
  ['description.books.ordersTable', matches(TABLE_NAME), 'the name of a table'],
  ['description.books.stock.store', isOneOf('postgres', 'redis'), 'postgres or redis'],
  ['description.convictedBy', isOneOf(null, ...Object.keys(CHECKS)), 'null or the name of a check'],
  ['functions', isListOf(isText), 'a list of SQL texts'],
  ['start', isFunction, 'a function'],
]

const STARTED_RULES: readonly Rule[] = (
  ['open', 'learn', 'buy', 'stock', 'close', 'settle', 'probe', 'counters', 'stop'] as const
).map((member) => [member, isFunction, 'a function'])

/** Throws ContractError. */
export function assertStrategy(value: unknown): asserts value is Strategy {
  if (typeof value !== 'object' || value === null) throw new ContractError(`it is ${spell(value)}, not a strategy`)
  const problems = broken(value, STRATEGY_RULES)
  if (problems.length === 0) problems.push(...contradictionsIn((value as Strategy).description))
  if (problems.length > 0) throw new ContractError(listed(problems))
}

/** What no single member shows. */
function contradictionsIn({ promise, books, needs, control, convictedBy }: Strategy['description']): string[] {
  const problems: string[] = []
  const { reads } = promise
  if (reads.kind === 'stale' && !(typeof reads.maxAgeMs === 'number' && reads.maxAgeMs >= 0)) {
    problems.push('description.promise.reads.maxAgeMs must be a number of ms')
  }
  const stock = books.stock as Readonly<Record<string, unknown>>
  const place = books.stock.store === 'postgres' ? 'table' : 'key'
  if (!isText(stock[place])) problems.push(`description.books.stock.${place} must be a text`)
  const { stream } = books
  if (stream !== null && !(isText(stream?.key) && isText(stream?.group))) {
    problems.push('description.books.stream must be null or {key, group}')
  }
  // The books always name a table of orders, and the auditor reads it.
  if (!needs.includes('postgres')) problems.push('description.needs must hold postgres, where the orders stand')
  if ((books.stock.store === 'redis' || stream !== null) && !needs.includes('redis')) {
    problems.push('description.needs must hold redis, which its books name')
  }
  if (control !== (convictedBy !== null))
    problems.push('description.convictedBy names a check if and only if it is a control')
  return problems
}

/**
 * What `start` resolved to, with its answers held to the contract as they come. Throws ContractError; an answer that is
 * none rejects with one.
 */
export function held(started: unknown): StartedStrategy {
  if (typeof started !== 'object' || started === null) {
    throw new ContractError(`start() resolved to ${spell(started)}, not to a started strategy`)
  }
  const problems = broken(started, STARTED_RULES)
  if (problems.length > 0) throw new ContractError(`what start() resolves to${listed(problems)}`)
  const strategy = started as StartedStrategy
  const call =
    <Name extends Exclude<keyof StartedStrategy, 'buy' | 'stock' | 'counters'>>(name: Name) =>
    (...given: Parameters<StartedStrategy[Name]>): ReturnType<StartedStrategy[Name]> =>
      (strategy[name] as (...given: unknown[]) => ReturnType<StartedStrategy[Name]>)(...given)
  return {
    open: call('open'),
    learn: call('learn'),
    close: call('close'),
    settle: call('settle'),
    probe: call('probe'),
    stop: call('stop'),
    counters: () => strategy.counters(),
    async buy(request: BuyRequest, attempt: Attempt) {
      const result: unknown = await strategy.buy(request, attempt)
      if (isResult(result)) return result
      throw new ContractError(`buy() resolved to ${spell(result)}, which is no result of a buy`)
    },
    async stock(sku: string) {
      const units: unknown = await strategy.stock(sku)
      if (units === null || Number.isSafeInteger(units)) return units as number | null
      throw new ContractError(`stock() resolved to ${spell(units)}, which is neither a whole number nor null`)
    },
  }
}

const OTHER_RESULTS: ReadonlySet<unknown> = new Set<Exclude<BuyResult['kind'], 'sold'>>([
  'soldOut',
  'limitExceeded',
  'keyReused',
  'saleNotFound',
  'saleClosed',
  'busy',
])

function isResult(value: unknown): value is BuyResult {
  if (typeof value !== 'object' || value === null) return false
  const { kind, orderId, replayed } = value as Readonly<Record<string, unknown>>
  if (kind !== 'sold') return OTHER_RESULTS.has(kind)
  return typeof orderId === 'string' && orderId.length > 0 && orderId.length <= 255 && typeof replayed === 'boolean'
}

function broken(value: object, rules: readonly Rule[]): string[] {
  return rules.flatMap(([member, test, expected]) => {
    const found = memberOf(value, member)
    if (test(found)) return []
    return [
      found === undefined ? `${member} is missing (${expected})` : `${member} must be ${expected}, got ${spell(found)}`,
    ]
  })
}

function listed(problems: readonly string[]): string {
  return problems.map((problem) => `\n  - ${problem}`).join('')
}

function memberOf(value: unknown, path: string): unknown {
  let found = value
  for (const name of path.split('.')) found = (found as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  return found
}

function spell(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return (JSON.stringify(value) ?? String(value)).slice(0, 120)
}
