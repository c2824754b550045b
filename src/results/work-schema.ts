/** The part of the schema of `run.json` that holds what target and stores did: src/core/work-record.ts as a schema. */
import { z } from 'zod'
import { REQUEST_KINDS } from '../core/work-record.ts'

const count = z.int().nonnegative()

const statements = z
  .array(
    z
      .object({ text: z.string(), calls: count, rows: count.describe('Returned or changed.') })
      .meta({ id: 'statement', description: 'By its text, on one line, $1 in the place of values.' }),
  )
  .describe('Most called first.')

const sql = z
  .object({
    statements: statements.describe('What clients asked for, most called first.'),
    nested: statements.describe('What functions and triggers ran on their behalf.'),
    transactions: count
      .nullable()
      .describe('Each statement of a client is one; null where clients open some by BEGIN: not known.'),
    walBytes: z.number().nonnegative().describe('Of the whole server.'),
    walRecords: count.describe("Written by the statements, commits' own left out."),
  })
  .meta({ id: 'sqlWork' })

const redis = z
  .object({
    commands: z.record(z.string(), count).describe('Calls, those of scripts among them.'),
    receivedBytes: z.number().nonnegative(),
    sentBytes: z.number().nonnegative(),
  })
  .meta({ id: 'redisWork' })

export const workSchema = z.object({
  counters: z.record(z.string(), z.number()).describe("The target's own: retries, batches, cacheHits."),
  sql: sql.nullable().describe('null: not counted.'),
  redis: redis.nullable().describe('null: not counted.'),
  notCounted: z.array(z.string()).describe('What was not counted, and why.'),
})

export const probedWorkSchema = workSchema.extend({
  kind: z.enum(REQUEST_KINDS),
  sent: count.describe('The totals are of so many.'),
  requests: count.describe('So many of them were answered as their kind is.'),
})
