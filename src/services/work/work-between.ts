/** The work between two readings of what stores have counted. Pure. */
import type { RedisWork, SqlStatementWork, SqlWork, WorkTotals } from '../../core/work-record.ts'
import type { RedisCounts } from './redis-counts.ts'
import type { CountedStatement, SqlCounts } from './sql-counts.ts'

/** Counts; why there are none; null: the target has no such store. */
type Reading<Counts> = Counts | string | null

export interface StoreCounts {
  readonly postgres: Reading<SqlCounts>
  readonly redis: Reading<RedisCounts>
  /** What holds for each difference, a sentence each. */
  readonly notes: readonly string[]
}

export function storeWorkBetween(before: StoreCounts, after: StoreCounts): Omit<WorkTotals, 'counters'> {
  const notCounted = new Set(after.notes)
  return {
    sql: between(before.postgres, after.postgres, NO_SQL, notCounted, sqlBetween),
    redis: between(before.redis, after.redis, NO_REDIS, notCounted, redisBetween),
    notCounted: [...notCounted],
  }
}

const NO_SQL: SqlWork = { statements: [], nested: [], transactions: 0, walBytes: 0, walRecords: 0 }
const NO_REDIS: RedisWork = { commands: {}, receivedBytes: 0, sentBytes: 0 }

/** Notes what is missing. */
function between<Counts, Work>(
  before: Reading<Counts>,
  after: Reading<Counts>,
  nothing: Work,
  notCounted: Set<string>,
  difference: (before: Counts, after: Counts, notCounted: Set<string>) => Work | null,
): Work | null {
  if (before === null || after === null) return nothing
  const whys = [before, after].filter((reading) => typeof reading === 'string')
  if (whys.length === 0) return difference(before as Counts, after as Counts, notCounted)
  notCounted.add(whys[0]!)
  return null
}

function sqlBetween(before: SqlCounts, after: SqlCounts, notCounted: Set<string>): SqlWork | null {
  if (before.resetAt !== after.resetAt || after.forgotten < before.forgotten) {
    notCounted.add('SQL is not counted: somebody reset pg_stat_statements meanwhile')
    return null
  }
  if (after.forgotten > before.forgotten) {
    notCounted.add('statements that pg_stat_statements had no room for (pg_stat_statements.max)')
  }
  if (!after.countsNested) notCounted.add('what functions run: pg_stat_statements.track is not all')
  const difference = statementsBetween(before.statements, after.statements)
  const statements = difference.filter(({ isNested }) => !isNested)
  return {
    statements: statements.map(recorded),
    nested: difference.filter(({ isNested }) => isNested).map(recorded),
    transactions: transactionsIn(statements, notCounted),
    walBytes: after.walBytes - before.walBytes,
    // What functions run is in what the client asked for.
    walRecords: statements.reduce((sum, { walRecords }) => sum + walRecords, 0),
  }
}

/** Most called first; of the same text, as one. Texts that were thrown out meanwhile have fewer calls than before. */
function statementsBetween(
  before: readonly CountedStatement[],
  after: readonly CountedStatement[],
): readonly CountedStatement[] {
  const earlier = byText(before)
  return [...byText(after)]
    .map(([key, late]) => {
      const early = earlier.get(key)
      return early === undefined ? late : difference(late, early)
    })
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls || (a.text < b.text ? -1 : 1))
}

function byText(statements: readonly CountedStatement[]): Map<string, CountedStatement> {
  const sums = new Map<string, CountedStatement>()
  for (const statement of statements) {
    const key = `${statement.isNested} ${statement.text}`
    const known = sums.get(key)
    sums.set(key, known === undefined ? statement : sum(known, statement))
  }
  return sums
}

function sum(a: CountedStatement, b: CountedStatement): CountedStatement {
  return { ...a, calls: a.calls + b.calls, rows: a.rows + b.rows, walRecords: a.walRecords + b.walRecords }
}

function difference(late: CountedStatement, early: CountedStatement): CountedStatement {
  const least = (value: number): number => Math.max(0, value)
  return {
    ...late,
    calls: least(late.calls - early.calls),
    rows: least(late.rows - early.rows),
    walRecords: least(late.walRecords - early.walRecords),
  }
}

function recorded({ text, calls, rows }: CountedStatement): SqlStatementWork {
  return { text, calls, rows }
}

const BEGINS = /^(begin|start transaction)\b/i

/** Known where each statement is one: of a statement beside a BEGIN, nobody counts whether it stood in a transaction. */
function transactionsIn(statements: readonly CountedStatement[], notCounted: Set<string>): number | null {
  if (!statements.some(({ text }) => BEGINS.test(text))) return statements.reduce((sum, { calls }) => sum + calls, 0)
  notCounted.add('transactions: clients open some by BEGIN, and which statements stood outside of these is not known')
  return null
}

function redisBetween(before: RedisCounts, after: RedisCounts, notCounted: Set<string>): RedisWork | null {
  if (isReset(before, after)) {
    notCounted.add('Redis commands are not counted: the Redis was restarted, or somebody reset its counts, meanwhile')
    return null
  }
  const commands = [...after.commands].map(([name, calls]) => [name, calls - (before.commands.get(name) ?? 0)] as const)
  const sorted = commands.filter(([, calls]) => calls > 0).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const received = after.receivedBytes - before.receivedBytes - after.ownReceived
  const sent = after.sentBytes - before.sentBytes - after.ownSent - before.ownSentLater
  return { commands: Object.fromEntries(sorted), receivedBytes: Math.max(0, received), sentBytes: Math.max(0, sent) }
}

/** Its counts tell what set them to zero, and then rise again. */
function isReset(before: RedisCounts, after: RedisCounts): boolean {
  if (before.serverRun !== after.serverRun) return true
  if (after.receivedBytes < before.receivedBytes || after.sentBytes < before.sentBytes) return true
  const calls = ({ commands }: RedisCounts, name: string): number => commands.get(name) ?? 0
  if (calls(after, RESET) > calls(before, RESET)) return true
  return [...before.commands.keys()].some((name) => calls(after, name) < calls(before, name))
}

/** Counts itself, after it has set all to zero. */
const RESET = 'config|resetstat'
