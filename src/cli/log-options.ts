/** Options of the event log, and what it must not hold. */
import { type Command, Option } from 'commander'
import { redactor } from '../core/redactor.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import type { EventLog, LogLevel } from '../run/event-log.ts'
import type { CommandContext } from './command-context.ts'

export interface LogOptions {
  readonly log?: string
  readonly logLevel: LogLevel
}

/** As src/run/event-log.ts knows them; not imported, since that loads the logger. */
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export function addLogOptions(command: Command): Command {
  return command
    .option('--log <file>', 'log events there as JSON, a line each (- for standard error); see docs/logs.md')
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(LEVELS).default('info'))
}

/** null: nobody asked for one. `secrets`: further ones. Throws HarnessError USAGE. */
export async function openLog(
  { log, logLevel }: LogOptions,
  { env }: Pick<CommandContext, 'env'>,
  { descriptor, secrets = [] }: { readonly descriptor?: TargetDescriptor | undefined; readonly secrets?: string[] },
): Promise<EventLog | null> {
  if (log === undefined) return null
  const { openEventLog } = await import('../run/event-log.ts')
  const { secretsOf } = await import('../target/index.ts')
  const ofTarget = descriptor === undefined ? [] : Object.values(secretsOf(descriptor, env).values)
  const ofStores = [env['DATABASE_URL'], env['REDIS_URL']].filter((url) => url !== undefined)
  return openEventLog({ path: log, level: logLevel, redact: redactor([...ofTarget, ...ofStores, ...secrets]) })
}
