/**
 * What a run does to a described target beside the load: opens a sale, waits until all is settled, closes it. An action
 * that fails ends the run, and its error says which one it was, and what came back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../core/errors.ts'
import { type Answer, fits } from '../core/locate.ts'
import type { NamedValues, SqlCell, TargetAccess } from '../core/target-access.ts'
import type { Action, SettleAction } from '../core/target-descriptor.ts'

/** What its templates may hold beside secrets; commands have them in their environment as SKU, STOCK, LIMIT, RUN_ID. */
export interface ActionValues extends Record<string, string | number | null> {
  readonly sku: string
  readonly stock: number
  /** Units a user may have; null: no limit. */
  readonly limit: number | null
  readonly runId: string
}

export interface ActionContext {
  readonly access: TargetAccess
  /** The key of the descriptor: `open`, `close`. */
  readonly key: string
  readonly signal?: AbortSignal
}

/** In their order, each when the one before has succeeded. Throws HarnessError TARGET_FAILED or INTERRUPTED. */
export async function runActions(
  actions: readonly Action[],
  values: ActionValues,
  { access, key, signal }: ActionContext,
): Promise<void> {
  for (const [index, action] of actions.entries()) {
    try {
      if (signal?.aborted === true) throw new HarnessError('INTERRUPTED', { message: 'interrupted' })
      await runAction(action, values, access, signal)
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      const code = error.code === 'USAGE' || error.code === 'INTERRUPTED' ? error.code : 'TARGET_FAILED'
      throw new HarnessError(code, { message: `${key}[${index}]: ${access.redact(error.message)}`, hint: error.hint })
    }
  }
}

async function runAction(
  action: Action,
  values: NamedValues,
  access: TargetAccess,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (action.kind !== 'request') {
    await askStore(action, values, access, signal)
    return
  }
  const answer = await access.send(action.request, values, signal === undefined ? {} : { signal })
  if (isSuccess(answer)) return
  throw new HarnessError('TARGET_FAILED', {
    message: `${access.describe(action.request, values)} was answered with ${sampleOf(answer, access.redact)}`,
  })
}

export type Settled =
  | { readonly settled: true }
  /** Why not, in a sentence: what the last try was answered with. */
  | { readonly settled: false; readonly why: string }

/**
 * Each in its order is repeated until it says that nothing is pending: a request by its answer; SQL by no row, or a
 * first value that is 0, false or null in the last statement's first row; Redis by a last reply that is 0, empty or nil;
 * a command by exit code 0. What fails is tried again. Never throws for the target's sake.
 */
export async function settle(
  actions: readonly SettleAction[],
  values: ActionValues,
  { access, signal }: Omit<ActionContext, 'key'>,
): Promise<Settled> {
  for (const [index, action] of actions.entries()) {
    const pending = await settleOne(action, values, access, signal)
    if (pending === null) continue
    return { settled: false, why: `settle[${index}]: not settled within ${action.deadlineMs / 1000} s: ${pending}` }
  }
  return { settled: true }
}

/** Also a try that begins just before the deadline is answered: its answer is the reason that is told. */
const LAST_TRY_MS = 1_000

/** null when it is settled. At least one try. */
async function settleOne(
  { action, until, everyMs, deadlineMs }: SettleAction,
  values: NamedValues,
  access: TargetAccess,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const leftMs = Math.max(LAST_TRY_MS, deadline - performance.now())
    const pending = await pendingBy(action, until, values, access, leftMs).catch((error: unknown) => {
      if (error instanceof HarnessError && error.code !== 'USAGE') return error.message
      throw error
    })
    if (pending === null) return null
    if (performance.now() + everyMs > deadline || signal?.aborted === true) return pending
    await sleep(everyMs)
  }
}

/** null when nothing is pending. */
async function pendingBy(
  action: Action,
  until: SettleAction['until'],
  values: NamedValues,
  access: TargetAccess,
  leftMs: number,
): Promise<string | null> {
  if (action.kind === 'request') {
    const answer = await access.send(action.request, values, { deadlineMs: Math.ceil(leftMs) })
    const isSettled = until === null ? isSuccess(answer) : fits(until, answer)
    return isSettled ? null : sampleOf(answer, access.redact)
  }
  const left = await askStore(action, values, access)
  return left === null ? null : `${left} still pending`
}

/** What the last statement or command answered, where that is more than nothing. Of a shell command: always null. */
async function askStore(
  action: Exclude<Action, { kind: 'request' }>,
  values: NamedValues,
  access: TargetAccess,
  signal?: AbortSignal,
): Promise<string | null> {
  switch (action.kind) {
    case 'sql': {
      const session = await access.sql(action.store, 'write')
      try {
        let first: SqlCell = null
        for (const statement of action.statements) first = (await session.query(statement, values)).rows[0]?.[0] ?? null
        return NOTHING.includes(first) ? null : String(first)
      } finally {
        await session[Symbol.asyncDispose]()
      }
    }
    case 'redis': {
      const session = await access.redis(action.url)
      try {
        let reply: unknown = null
        for (const words of action.commands) {
          const [command = '', ...parameters] = words.map((word) => access.fill(word, values))
          reply = await session.call(command, ...parameters)
        }
        const isNothing = reply === null || reply === 0 || reply === '0' || reply === '' || isEmptyList(reply)
        return isNothing ? null : Array.isArray(reply) ? String(reply.length) : String(reply)
      } finally {
        await session[Symbol.asyncDispose]()
      }
    }
    case 'shell':
      await access.run(action.command, values, signal)
      return null
  }
}

/** As Postgres and MySQL write zero, false and null. */
const NOTHING: readonly SqlCell[] = [null, 0, '0', 'f']

function isEmptyList(reply: unknown): boolean {
  return Array.isArray(reply) && reply.length === 0
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

const SAMPLE_CHARACTERS = 200
/** Secrets are looked for in so much, so that none is cut in two at the end of what is shown. */
const SEARCHED_CHARACTERS = 4_096

/** `500: {"error":"no such product"}` */
export function sampleOf({ status, body }: Answer, redact: TargetAccess['redact']): string {
  const searched = redact(body.slice(0, SEARCHED_CHARACTERS))
  const text = searched.slice(0, SAMPLE_CHARACTERS).replaceAll(/\s+/g, ' ').trim()
  return text === '' ? `${status}` : `${status}: ${text}${searched.length > SAMPLE_CHARACTERS ? '...' : ''}`
}
