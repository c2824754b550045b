/**
 * The schema of `compare.json` (`doorbuster.compare/1`), for reading it back and, as JSON Schema, for everybody else. What it
 * shares with `run.json` is taken from there. Tests hold it against the type CompareRecord and against
 * schemas/compare.schema.json.
 */
import { z } from 'zod'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { COMPARE_SCHEMA } from '../core/compare-record.ts'
import { machineSchema } from './machine-schema.ts'
import { runRecordSchema } from './run-schema.ts'
import { probedWorkSchema } from './work-schema.ts'

const run = runRecordSchema.shape
const verdict = run.verdict.unwrap()
const promise = run.target.options[0].shape.promise
const checkName = z.enum(CHECK_NAMES as readonly [CheckName, ...CheckName[]])
const share = z.number().min(0).max(1)
const count = z.int().nonnegative()

const estimate = z
  .object({
    median: z.number(),
    low: z.number(),
    high: z.number(),
    confidence: share.describe(
      'At least so often such an interval holds the true median: 0 of one run, 75 % of three.',
    ),
    values: z.array(z.number()).min(1).describe('One a run, in the order in which they were measured.'),
  })
  .meta({ id: 'estimate' })

const responseFigure = z.enum(['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'])

const figures = z
  .object({
    goodputPerSec: estimate.describe('Definite answers a second.'),
    soldPerSec: estimate,
    errorRate: estimate,
    responseMs: z
      .object({
        mean: estimate.nullable(),
        p50: estimate.nullable(),
        p90: estimate.nullable(),
        p95: estimate.nullable(),
        p99: estimate.nullable(),
        p999: estimate.nullable(),
        max: estimate.nullable(),
      })
      .describe('In a scenario of several steps, of the worst one.'),
    cpuMicrosPerAnswer: z.record(z.string(), estimate).describe('By who used it: target, postgres, redis, generator.'),
    cpuMicrosPerOrder: z
      .record(z.string(), estimate)
      .describe('The same CPU per answer "sold"; what refusing the others costs is part of it.'),
    memoryBytes: z.record(z.string(), estimate).describe('Peak resident bytes, likewise.'),
    readLagP99Ms: estimate
      .nullable()
      .describe('How old what reads showed was; null: there were none, or nobody could tell.'),
    overtakenPerThousand: estimate
      .nullable()
      .describe('Buyers refused before a later one was served, per thousand buys.'),
  })
  .describe('Over the runs that went to their end.')

const result = z.object({
  contestant: z.string(),
  runs: z.array(
    z.object({
      directory: z.string().describe('Beside this file.'),
      runId: z.string(),
      startedAt: z.string(),
      verdict,
      machine: machineSchema,
    }),
  ),
  verdict: verdict.nullable().describe('Wrong if one run was, else what most came to; null: not run yet.'),
  failedChecks: z.array(checkName),
  headline: z.string(),
  meetsSlo: z.boolean().describe('In most of its runs every threshold held.'),
  figures: figures.nullable(),
  work: z.array(probedWorkSchema).nullable().describe('One request in flight; null: could not be counted.'),
})

const regime = z.object({
  sellThrough: share.nullable().describe('Stock as a share of the units asked for; null: as the scenario has it.'),
  results: z.array(result).describe('In the order of the contestants.'),
  places: z
    .array(
      z.object({
        place: z.int().positive(),
        contestants: z.array(z.string()).min(1),
        meetsSlo: z.boolean(),
        because: z.string(),
      }),
    )
    .describe("Best first. Those on one place can't be told from its best. Who was wrong in any regime has none."),
})

const contestant = z.object({
  name: z.string(),
  target: run.target.nullable().describe("null: a service of the user's own of which no run has begun."),
  promise,
  durableWhen: z.string().nullable(),
  settings: z.record(z.string(), z.string()).describe('What differs between contestants beside the target.'),
  builtWrong: z.boolean().describe('Never ranked, caught or not.'),
})

export const compareRecordSchema = z.object({
  schema: z.literal(COMPARE_SCHEMA),
  compareId: z.string(),
  status: z.enum(['running', 'complete', 'interrupted']),
  startedAt: z.string().describe('ISO 8601, UTC.'),
  finishedAt: z.string().nullable(),
  scenario: run.scenario,
  seed: run.seed,
  command: z
    .array(z.string())
    .exactOptional()
    .describe('As it was called: words behind "doorbuster compare", without what changes nothing of the sales.'),
  repeat: count.describe('Runs of each contestant in each regime, as planned.'),
  slo: z.array(z.string()).describe('What they are held against, as threshold expressions.'),
  rankedBy: responseFigure,
  environment: run.environment.nullable().describe('null: nothing has run.'),
  contestants: z.array(contestant),
  regimes: z.array(regime),
  turnsOver: z.array(z.string()).describe('Where the ranking of one regime is not that of another.'),
  notes: z.array(z.string()),
  verdict: verdict.nullable().describe('null while running.'),
  exitCode: z.int().nullable(),
})

/** What schemas/compare.schema.json holds: draft 7, which every tool reads. */
export function compareJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(compareRecordSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster comparison',
    description: 'compare.json: several targets side by side, and what each costs. See docs/compare.md.',
    ...schema,
  }
}
