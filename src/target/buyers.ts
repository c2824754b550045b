/** Who the buyers are to a described target: names by a prefix, or a pool from a file or from logins. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BuyerIdentities } from '../core/buyer-protocol.ts'
import { HarnessError } from '../core/errors.ts'
import { locate } from '../core/locate.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { PoolSource, TargetDescriptor } from '../core/target-descriptor.ts'
import { secretsOfBuyers } from '../core/redactor.ts'
import { sampleOf } from './actions.ts'
import { parseCsv } from './csv.ts'
import type { Secrets } from './secrets.ts'

type Pool = NonNullable<BuyerIdentities['pool']>

const LOGINS_AT_ONCE = 16
const LOGIN_WITHIN_MS = 30_000
/** The column by which the service itself names its buyers. */
const USER_ID = 'userId'

export interface BuyersReading {
  /** They learn what buyers have. */
  readonly secrets: Pick<Secrets, 'learn'>
  /** Logins are requests as well; null: as fast as they are answered. */
  readonly maxRatePerSec: number | null
  readonly signal?: AbortSignal
}

/**
 * Reads the file, or lets everybody log in. What buyers have of their own is a secret from then on.
 * Throws HarnessError USAGE for a file that can't be used, TARGET_FAILED for a login that fails.
 */
export async function readBuyers(
  descriptor: TargetDescriptor,
  access: TargetAccess,
  reading: BuyersReading,
): Promise<BuyerIdentities> {
  const { userIdPrefix, pool } = descriptor.buyers
  if (pool === null) return { userIdPrefix, pool: null }
  const rows =
    pool.kind === 'csv'
      ? readCsvPool(resolve(descriptor.folder, pool.file), columnsUsed(descriptor))
      : await logIn(pool, userIdPrefix, access, reading)
  if (pool.kind === 'csv') reading.secrets.learn(secretsOfBuyers({ pool: rows }))
  return { userIdPrefix, pool: rows }
}

const COLUMN = 'buyer.'

/** A descriptor is plain data: a placeholder is whatever has a `value` of that form. */
function columnsUsed(part: unknown, columns = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return columns
  const { value } = part as { readonly value?: unknown }
  if (typeof value === 'string' && value.startsWith(COLUMN) && 'as' in part) columns.add(value.slice(COLUMN.length))
  for (const member of Object.values(part)) columnsUsed(member, columns)
  return columns
}

function readCsvPool(file: string, wanted: ReadonlySet<string>): Pool {
  const wrong = (sentence: string, line?: number): HarnessError =>
    new HarnessError('USAGE', { message: `${file}${line === undefined ? '' : `:${line}`}: ${sentence}` })
  const reading = parseCsv(readText(file, wrong))
  if ('problem' in reading) throw wrong(reading.problem, reading.line)
  const [header, ...rows] = reading.rows
  if (header === undefined) throw wrong('is empty: the first line names the columns, each further line is a buyer')
  const names = header.fields.map((name) => name.trim())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`has the column "${twice}" twice`, header.line)
  const missing = [...wanted].filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw wrong(`has no column ${quoted(missing)}, which the descriptor uses; it has ${quoted(names)}`, header.line)
  }
  if (rows.length === 0) throw wrong('has no buyers: nothing stands behind its first line')
  const lineOfUser = new Map<string, number>()
  return rows.map(({ fields, line }) => {
    if (fields.length !== names.length) throw wrong(`has ${fields.length} fields; the header has ${names.length}`, line)
    const buyer = Object.fromEntries(names.map((name, index) => [name, fields[index]!]))
    const userId = buyer[USER_ID]
    if (userId !== undefined) {
      const before = lineOfUser.get(userId)
      if (before !== undefined) throw wrong(`has the userId "${userId}" of line ${before} again: one row a buyer`, line)
      lineOfUser.set(userId, line)
    }
    return buyer
  })
}

function readText(file: string, wrong: (sentence: string) => HarnessError): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw wrong(`can't be read: ${(cause as Error).message}`)
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

/** Row n is buyer n's. Ends at the first login that fails. */
async function logIn(
  { count, request, take }: Extract<PoolSource, { kind: 'login' }>,
  userIdPrefix: string,
  access: TargetAccess,
  { secrets, maxRatePerSec, signal }: BuyersReading,
): Promise<Pool> {
  const beganMs = performance.now()
  const rows: Record<string, string>[] = []
  const failed = new AbortController()
  const signals = [failed.signal, ...(signal === undefined ? [] : [signal])]
  const logInOne = async (number: number): Promise<Record<string, string>> => {
    const values = { userId: `${userIdPrefix}${number}`, userNumber: number }
    const options = { deadlineMs: LOGIN_WITHIN_MS, signal: AbortSignal.any(signals) }
    await untilDue(beganMs + (maxRatePerSec === null ? 0 : (number * 1_000) / maxRatePerSec), options.signal)
    const answer = await access.send(request, values, options)
    const what = `buyers.pool.login: ${access.describe(request, values)}`
    if (answer.status < 200 || answer.status > 399) {
      throw new HarnessError('TARGET_FAILED', {
        message: `${what} was answered with ${sampleOf(answer, access.redact)}`,
      })
    }
    const taken: Record<string, string> = {}
    for (const [column, at] of Object.entries(take)) {
      const value = locate(at, answer)
      if (typeof value === 'string' || typeof value === 'number') taken[column] = String(value)
    }
    const missing = Object.keys(take).find((column) => !Object.hasOwn(taken, column))
    if (missing === undefined) return taken
    // Those that are there are as secret as if nothing were amiss.
    secrets.learn(secretsOfBuyers({ pool: [taken] }))
    throw new HarnessError('TARGET_FAILED', {
      message: `${what}: "${missing}" is not in the answer ${sampleOf(answer, access.redact)}`,
    })
  }
  const numbers = Array.from({ length: count }, (_, number) => number).values()
  const workers = Array.from({ length: Math.min(LOGINS_AT_ONCE, count) }, async () => {
    for (const number of numbers) {
      try {
        rows[number] = await logInOne(number)
      } catch (error) {
        failed.abort()
        throw error
      }
    }
  })
  const outcomes = await Promise.allSettled(workers)
  secrets.learn(secretsOfBuyers({ pool: rows.filter((row) => row !== undefined) }))
  // The others were only cut off by it.
  const first = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown)
  if (first.length > 0) throw first.find((error) => !isInterruption(error)) ?? first[0]
  return rows
}

/** Throws HarnessError INTERRUPTED when the signal comes first. */
async function untilDue(dueMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = dueMs - performance.now()
  if (leftMs <= 0) return
  await delay(leftMs, undefined, { signal }).catch(() => {
    throw new HarnessError('INTERRUPTED', { message: 'interrupted while buyers logged in' })
  })
}

function isInterruption(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'INTERRUPTED'
}
