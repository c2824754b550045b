/** Work of one kind of request as counts that can be held against those of another target, one by one. Pure. */
import type { ProbedWork, WorkCount } from './work-record.ts'

/**
 * What is counted in whole steps: it is the same in every run, unless a time or a race decides it. Most called first.
 * Empty unless all were answered as their kind is, or when nothing could be counted. Transactions are not among them:
 * where they are known, statements say the same, and where they are not, that is no zero.
 */
export function workCounts(probe: ProbedWork): WorkCount[] {
  return probe.requests === probe.sent ? countsPerRequest(probe).filter(({ name }) => name !== TRANSACTIONS) : []
}

const TRANSACTIONS = 'transactions'

/** All that is known, also where some were answered otherwise: of a mixture of requests. Empty when nothing was sent. */
export function countsPerRequest({ sql, redis, sent }: ProbedWork): WorkCount[] {
  if (sent === 0) return []
  const statements = (sql?.statements ?? []).map(({ text, calls }) => ({ name: `sql: ${text}`, total: calls }))
  const nested = (sql?.nested ?? []).map(({ text, calls }) => ({ name: `nested sql: ${text}`, total: calls }))
  const transactions =
    sql === null || sql.transactions === null ? [] : [{ name: TRANSACTIONS, total: sql.transactions }]
  const wal = sql === null ? [] : [{ name: 'wal records', total: sql.walRecords }]
  const commands = Object.entries(redis?.commands ?? {}).map(([name, calls]) => ({
    name: `redis: ${name}`,
    total: calls,
  }))
  return [...statements, ...nested, ...transactions, ...wal, ...commands].map(({ name, total }) => ({
    name,
    perRequest: total / sent,
  }))
}

/** Bytes vary with the length of ids and with what a server writes for itself: apart from the counts. */
export function workBytes({ sql, redis, sent }: ProbedWork): WorkCount[] {
  if (sent === 0) return []
  return [
    ...(sql === null ? [] : [{ name: 'wal bytes', perRequest: sql.walBytes / sent }]),
    ...(redis === null
      ? []
      : [
          { name: 'redis bytes received', perRequest: redis.receivedBytes / sent },
          { name: 'redis bytes sent', perRequest: redis.sentBytes / sent },
        ]),
  ]
}
