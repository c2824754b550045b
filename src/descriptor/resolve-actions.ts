/** From the written form of actions to those that a run takes. */
import type { Action, SettleAction } from '../core/target-descriptor.ts'
import { DESCRIPTOR_DEFAULTS } from './limits.ts'
import { resolveCondition } from './resolve-outcomes.ts'
import { durationMs, resolveCommand, resolveRequest } from './resolve-requests.ts'
import type { WrittenAction, WrittenSettleAction } from './schema-actions.ts'
import { templateOf } from './template.ts'

export function resolveActions(written: WrittenAction | readonly WrittenAction[]): Action[] {
  return listOf(written).map((one) => resolveAction(one, 'POST', DESCRIPTOR_DEFAULTS.commandDeadlineMs))
}

export function resolveSettleActions(written: WrittenSettleAction | readonly WrittenSettleAction[]): SettleAction[] {
  return listOf(written).map((one) => ({
    action: resolveAction(one, 'GET', DESCRIPTOR_DEFAULTS.settleDeadlineMs),
    until: one.until === undefined ? null : resolveCondition(one.until),
    everyMs: durationMs(one.every, DESCRIPTOR_DEFAULTS.settleEveryMs),
    deadlineMs: durationMs(one.deadline, DESCRIPTOR_DEFAULTS.settleDeadlineMs),
  }))
}

function resolveAction(written: WrittenAction, fallbackMethod: string, fallbackDeadlineMs: number): Action {
  const { path, postgres, mysql, sql, redis, shell } = written
  if (path !== undefined) return { kind: 'request', request: resolveRequest({ ...written, path }, fallbackMethod) }
  const database = postgres ?? mysql
  if (database !== undefined) {
    return {
      kind: 'sql',
      store: { engine: postgres === undefined ? 'mysql' : 'postgres', url: templateOf(database, 'plain') },
      statements: listOf(sql!).map((statement) => templateOf(statement, 'plain')),
    }
  }
  if (redis !== undefined) {
    const commands = written.commands ?? [written.command!]
    return { kind: 'redis', url: templateOf(redis, 'plain'), commands: commands.map(resolveRedisCommand) }
  }
  return { kind: 'shell', command: resolveCommand(shell!, written, fallbackDeadlineMs) }
}

export function resolveRedisCommand(words: readonly (string | number)[]) {
  return words.map((word) => templateOf(String(word), 'plain'))
}

function listOf<T extends object | string>(written: T | readonly T[]): readonly T[] {
  return Array.isArray(written) ? (written as readonly T[]) : [written as T]
}
