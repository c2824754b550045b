/** Work of one kind of request as counts that can be held against those of another target, one by one. Pure. */
import type { ProbedWork, WorkCount } from './work-record.ts'

/**
 * What is counted in whole steps: it is the same in every run, unless a time or a race decides it. Most called first.
 * Empty when nothing was answered as its kind is, or nothing could be counted.
 */
export function workCounts({ sql, redis, requests }: ProbedWork): WorkCount[] {
  if (requests === 0) return []
  const statements = (sql?.statements ?? []).map(({ text, calls }) => ({ name: `sql: ${text}`, total: calls }))
  const nested = (sql?.nested ?? []).map(({ text, calls }) => ({ name: `nested sql: ${text}`, total: calls }))
  const whole =
    sql === null
      ? []
      : [
          { name: 'transactions', total: sql.transactions },
          { name: 'wal records', total: sql.walRecords },
        ]
  const commands = Object.entries(redis?.commands ?? {}).map(([name, calls]) => ({
    name: `redis: ${name}`,
    total: calls,
  }))
  return [...statements, ...nested, ...whole, ...commands].map(({ name, total }) => ({
    name,
    perRequest: total / requests,
  }))
}

/** Bytes vary with the length of ids and with what a server writes for itself: apart from the counts. */
export function workBytes({ sql, redis, requests }: ProbedWork): WorkCount[] {
  if (requests === 0) return []
  return [
    ...(sql === null ? [] : [{ name: 'wal bytes', perRequest: sql.walBytes / requests }]),
    ...(redis === null
      ? []
      : [
          { name: 'redis bytes received', perRequest: redis.receivedBytes / requests },
          { name: 'redis bytes sent', perRequest: redis.sentBytes / requests },
        ]),
  ]
}
