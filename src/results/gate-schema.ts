/**
 * The schema of `gate.json` (`doorbuster.gate/1`), for reading it back and, as JSON Schema, for everybody else. What it shares
 * with `run.json` is taken from there. Tests hold it against the type GateRecord and against schemas/gate.schema.json.
 */
import { z } from 'zod'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { GATE_METRICS, GATE_SCHEMA } from '../core/gate-record.ts'
import { REQUEST_KINDS } from '../core/work-record.ts'
import { runRecordSchema } from './run-schema.ts'

const run = runRecordSchema.shape
const verdict = run.verdict.unwrap()
const count = z.int().nonnegative()
const share = z.number().min(0).max(1)
const checkName = z.enum(CHECK_NAMES as readonly [CheckName, ...CheckName[]])
const requestKind = z.enum(REQUEST_KINDS)
const sentences = z.array(z.string()).describe('A sentence each.')
const arm = z.enum(['baseline', 'candidate'])
const metric = z.enum(GATE_METRICS)
const effect = z.number().describe('Relative, 0.05 is 5 %; for errorRate in points, 0.01 is 1 point of percent.')

const figures = z
  .object({
    goodputPerSec: z.number().nullable(),
    p50Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    errorRate: z.number().nullable().describe('A share of arrivals.'),
    cpuMicrosPerOrder: z.number().nullable().describe("The target's own, per answered order."),
  })
  .describe('The median over its steps, of the CPU all of them together; null: not measured.')

const visitWork = z.object({
  kind: requestKind,
  requests: count.describe('So many were counted.'),
  stores: z
    .array(z.enum(['sql', 'redis']))
    .describe('What was counted at all: a count of theirs that is missing was 0, one of others is not known.'),
  counts: z.array(z.object({ name: z.string(), perRequest: z.number() })),
})

const visit = z
  .object({
    arm,
    round: count.describe('1 or 2.'),
    block: count
      .nullable()
      .describe(
        'From 0: those of one block are next to one another. null: it was stored earlier, and nothing was interleaved.',
      ),
    directory: z.string().describe('Of the run, beside this file or as it was given.'),
    runId: z.string(),
    startedAt: z.string(),
    verdict,
    failedChecks: z.array(z.object({ check: checkName, sentence: z.string() })),
    undecidedChecks: z.array(z.string()).describe('Checks whose input was there and held both answers.'),
    isChecked: z.boolean().describe('At least one check could be made and passed.'),
    figures,
    generator: z.object({
      onTimeShare: share.describe('Of its worst step that was not saturated; 1 where all were.'),
      cpuShare: z
        .number()
        .nonnegative()
        .nullable()
        .describe("Of all the machine's cores, of its busiest step; null: not measured."),
      cpuMicrosPerRequest: z
        .number()
        .nullable()
        .describe('Its own CPU time for each answer, which tells how fast the machine was; null: not measured.'),
    }),
    work: z
      .array(visitWork)
      .nullable()
      .describe('Counts of one kind of request each, one in flight; null: could not be counted.'),
  })
  .meta({ id: 'visit', description: 'One run of one arm.' })

const metricJudgement = z.object({
  metric,
  verdict: z.enum([
    'improved',
    'same',
    'regressed',
    'insufficient samples',
    'generator-limited',
    'environment differs',
    'not measured',
  ]),
  baseline: z.number().nullable().describe('Median over the visits of an arm; null: not measured.'),
  candidate: z.number().nullable(),
  change: z
    .object({ estimate: effect, low: effect, high: effect, confidence: share })
    .nullable()
    .describe('Candidate against baseline; null: too few visits.'),
  isAtOneSpeed: z
    .boolean()
    .describe(
      'The change is one of times at one speed of the machine, as its generator tells it: not quite that of the medians.',
    ),
  smallestVisible: effect
    .nullable()
    .describe('A worsening that would be seen in 95 of 100 gates like this one; null: none would, however large.'),
  rounds: z
    .array(
      z.object({
        round: count.nullable().describe('null: of all visits together.'),
        visits: z.tuple([count, count]).describe('Visits of the baseline and of the candidate that had this figure.'),
        estimate: effect.describe('The change of this round alone.'),
        pValue: z.number().nonnegative(),
        adjustedPValue: z.number().nonnegative().describe('Corrected for the metrics that were tested in this round.'),
        level: share.describe('Below this, the round says that something changed.'),
      }),
    )
    .describe('In order; one alone, of all visits, where a round of its own could say nothing.'),
  moreVisits: count
    .nullable()
    .describe('Visits an arm that would settle it, beside those there are; null: settled, or nobody can tell.'),
  sentence: z.string(),
})

const judgement = z.object({
  correctness: z.object({
    verdict: z.enum(['right', 'wrong', 'unknown']).describe("The candidate's."),
    failures: z
      .array(z.object({ arm, check: checkName, sentence: z.string(), visits: count, ofVisits: count }))
      .describe('Each check that failed, worst first, whose it is, and in how many visits.'),
    doubts: sentences.describe('Why it is unknown, a sentence each.'),
  }),
  work: z.object({
    verdict: z.enum(['same', 'changed']).nullable().describe('null: there was nothing to compare.'),
    exactCounts: count.describe("Counts that were exact, and were held against the candidate's."),
    changes: z.array(
      z.object({
        kind: requestKind,
        name: z.string(),
        baseline: z.number().describe('Per request.'),
        candidate: z.number().describe("In the middle, where the candidate's visits differ among themselves."),
        sentence: z.string(),
      }),
    ),
    notExact: z.array(z.string()).describe('Not the same in all visits of an arm, and so not compared.'),
    notes: sentences.describe('Why nothing, or not everything, was compared; a sentence each.'),
  }),
  metrics: z.array(metricJudgement).describe('None where times were not judged.'),
  environmentDiffers: sentences.describe("Between the arms, a sentence each: times can't be compared across it."),
  nextRound: z
    .string()
    .nullable()
    .describe('Why another round is due; null: more visits would change nothing, or are no part of the plan.'),
  word: z.string(),
  headline: z.string().describe('What follows the word.'),
  verdict,
  exitCode: z.int().describe('As the verdict says, but for no answer where that is let through.'),
})

const armRecord = z.object({
  name: z.string().describe('As it was asked for: "shop.yaml at origin/main (1a2b3c4)".'),
  target: run.target.nullable().describe('null: not visited yet.'),
})

export const gateRecordSchema = z.object({
  schema: z.literal(GATE_SCHEMA),
  gateId: z.string(),
  status: run.status,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt,
  scenario: run.scenario,
  seed: run.seed,
  command: z
    .array(z.string())
    .exactOptional()
    .describe('As it was called: words behind "doorbuster gate", without what changes nothing of its answer.'),
  budgetMs: z.number().nonnegative().nullable().describe('null: nothing was run.'),
  options: z.object({
    leastEffect: z
      .object({
        goodputPerSec: effect,
        p50Ms: effect,
        p99Ms: effect,
        errorRate: effect,
        cpuMicrosPerOrder: effect,
      })
      .describe('Nothing smaller is a regression.'),
    work: z.enum(['strict', 'report']),
    onInconclusive: z.enum(['fail', 'pass']).describe('What becomes of the build when there is no answer.'),
    quick: z.boolean().describe('Work and correctness alone: no time is judged.'),
  }),
  arms: z.object({ baseline: armRecord, candidate: armRecord }),
  environment: run.environment.nullable().describe('null: nothing was visited.'),
  calibration: z.array(visit).describe('Of the baseline alone, before the rounds.'),
  foreseen: z
    .array(z.object({ metric, effect: effect.nullable().describe('null: it was not measured, or too seldom.') }))
    .nullable()
    .describe('The smallest changes that it said it would see, before the rounds; null: nobody could tell.'),
  visits: z.array(visit).describe('In the order in which they were made.'),
  judgement: judgement.nullable().describe('null: nothing is there to be judged.'),
  notes: sentences.describe('What a reader has to know of how it came about, a sentence each.'),
  verdict: run.verdict,
  exitCode: run.exitCode,
})

/** What schemas/gate.schema.json holds: draft 7, which every tool reads. */
export function gateJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(gateRecordSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster gate',
    description: 'gate.json: a candidate against its baseline, and whether it may go on. See docs/gate.md.',
    ...schema,
  }
}
