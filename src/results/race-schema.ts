/**
 * The schema of `race.json` (`doorbuster.race/1`), for reading it back and, as JSON Schema, for everybody else. What it shares
 * with `run.json` is taken from there. Tests hold it against the type RaceRecord and against schemas/race.schema.json.
 */
import { z } from 'zod'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { OUTCOME_KINDS } from '../core/operation.ts'
import { CRASH_KINDS, CROWDS, RACE_SCHEMA } from '../core/race-record.ts'
import { runRecordSchema } from './run-schema.ts'

const run = runRecordSchema.shape
const count = z.int().nonnegative()
const checkNames = z.array(z.enum(CHECK_NAMES as readonly [CheckName, ...CheckName[]]))
const storeName = z.enum(['postgres', 'redis'])
const event = z
  .string()
  .describe('Name of an event, the same in every execution: "buyer 1 #2" is the second store call of buyer 1.')

const terms = z.object({
  buyers: z.int().positive(),
  stocks: z.array(count),
  crowd: z.enum(CROWDS).describe('Strangers to one another, one user several times, or one request several times.'),
  perUserLimit: z.int().positive().nullable().describe('Units that one user may have; null: no limit.'),
  preemptions: count
    .nullable()
    .describe(
      'Orders with more switches away from somebody who could have gone on are not tried; null: no such bound.',
    ),
  budgetMs: z.number().positive().describe('For the search.'),
  reduction: z
    .enum(['partial', 'full'])
    .describe('partial: of orders that differ only in what nobody can tell apart, one; full: each of them.'),
  crash: z.boolean(),
  all: z.boolean().describe('Whether the search goes on behind the first wrong order.'),
  memory: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether the coming of a buyer and each reply are events of their own; absent: in some orders, see late.',
    ),
})

const call = z.object({
  store: storeName,
  text: z.string().describe('As sent, placeholders as they are; each of several commands on a line of its own.'),
  values: z.array(z.string()).describe('Of the placeholders, in order.'),
  result: z.string().nullable().describe('What came back, shortened; null: nothing yet.'),
})

const units = z.number().nullable().exactOptional()

const step = z.object({
  event,
  actor: z.string().describe('"buyer 1", "background".'),
  call: call.nullable().describe('null: nothing was sent to a store.'),
  begins: z.boolean().describe("The buyer's request was sent right before this call, and reached it."),
  waits: z.boolean().describe('The call did not come back in this step: it waits for another one.'),
  reply: z
    .object({ to: event, result: z.string() })
    .exactOptional()
    .describe('With memory: the server gets the reply to an earlier event in this step.'),
  released: z
    .array(z.object({ actor: z.string(), result: z.string() }))
    .describe('Calls of others that came back in this step, having waited.'),
  answers: z
    .array(z.object({ actor: z.string(), outcome: z.enum(OUTCOME_KINDS), words: z.string() }))
    .describe('What buyers were told at its end.'),
  stock: z
    .object({ postgres: units, redis: units })
    .describe("Units as each store holds them after it; a store that doesn't say is missing."),
  note: z.string().exactOptional().describe('For steps that are no call.'),
})

const crashKind = z
  .enum(CRASH_KINDS)
  .describe('Killed before the call was let through; killed when it was made; or only its reply lost.')
const at = count.describe('0: at the first event of the order.')

const wrongOrder = z
  .object({
    order: z.array(event).describe('What was let go, in this order: enough to run it again.'),
    calls: z
      .array(z.string())
      .describe('For each event the call as it is recognised again: its statement, without values.'),
    preemptions: count,
    memory: z.literal(true).exactOptional().describe('Comings and replies are events of their own in it.'),
    steps: z.array(step),
    checks: run.checks.describe('Those that failed.'),
    sentence: z.string().describe('Why it is wrong.'),
    crash: z.object({ at, kind: crashKind }).exactOptional().describe('Absent: there was none.'),
    replays: z
      .object({ tried: count, same: count })
      .describe('Times that it was run again, and those in which it ended in the same way.'),
  })
  .describe('The shortest that was found; null: none.')

const coverage = z
  .enum([
    'complete',
    'preemption-bound',
    'stopped-at-first',
    'out-of-budget',
    'interrupted',
    'nondeterministic',
    'no-answer',
  ])
  .describe('complete: every order; preemption-bound: every order within the bound. Anything else is no proof.')

const part = z.object({
  stock: count,
  tried: count.describe('Orders that were run to their end.'),
  wrong: count.describe('Among them those in which a check failed.'),
  pruned: count.describe('Begun and given up: all that could follow was tried in an order that cannot be told apart.'),
  coverage,
  late: z
    .object({ tried: count, wrong: count, coverage })
    .exactOptional()
    .describe('Orders in which a buyer or a reply may be late, tried where no other was wrong; absent: none was.'),
  reductionRefused: z
    .string()
    .exactOptional()
    .describe('Why no order was left out although that was asked for; absent: it was as the terms say.'),
  coupled: z
    .array(z.string())
    .exactOptional()
    .describe('Who know of each other by the memory of the server, so that nothing of them was left out.'),
  noAnswer: z.string().exactOptional().describe('With coverage no-answer: why there is none.'),
  elapsedMs: z.number().nonnegative(),
  longest: count.describe('Store calls of the longest order.'),
  ends: z
    .array(z.object({ sentence: z.string(), failed: checkNames, orders: count }))
    .describe('What buyers were told and what the books held then, with how many orders ended so; most first.'),
  shortest: wrongOrder.nullable(),
  nondeterminism: z
    .object({ step: count.describe('From 1.'), sentence: z.string() })
    .nullable()
    .describe('An order whose steps were others when it was run again; null: none was seen.'),
  notFollowed: z
    .object({ step: count.describe('From 1.'), sentence: z.string() })
    .nullable()
    .exactOptional()
    .describe(
      'Of a race that runs an order again, which is not wrong any more, so that all were tried: where its calls were others; null: it ended right.',
    ),
  crashesLeft: z
    .enum(['out-of-budget', 'ended'])
    .exactOptional()
    .describe('Why not every place was tried at which the server can die; absent: each was, or none was asked for.'),
  crashes: z
    .array(z.object({ at, kind: crashKind, event, call: z.string(), failed: checkNames, sentence: z.string() }))
    .describe('Each place at which the server was killed or a reply lost.'),
})

export const raceRecordSchema = z.object({
  schema: z.literal(RACE_SCHEMA),
  raceId: z.string(),
  status: run.status,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt,
  command: z.array(z.string()).exactOptional().describe('As it was called: words behind "doorbuster race".'),
  target: run.target,
  terms,
  environment: run.environment.nullable(),
  parts: z
    .array(part)
    .describe('One for each stock, in the order in which they were given; those that were never begun are missing.'),
  replayOf: z
    .object({ raceId: z.string(), file: z.string() })
    .exactOptional()
    .describe('The race of which an order was run again; absent: it searches.'),
  notes: z.array(z.string()),
  verdict: run.verdict,
  exitCode: run.exitCode,
})

/** What schemas/race.schema.json holds: draft 7, which every tool reads. */
export function raceJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(raceRecordSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster race',
    description:
      'race.json: orders of store calls that were tried, and the shortest that broke a sale. See docs/race.md.',
    ...schema,
  }
}
