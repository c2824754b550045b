/**
 * The schema of `compare.json` (`doorbuster.compare/1`), for reading it back. Members that a later version adds are let
 * through. A test holds it against the type CompareRecord.
 */
import { z } from 'zod'
import { CHECK_NAMES, type CheckName } from '../core/check.ts'
import { COMPARE_SCHEMA } from '../core/compare-record.ts'
import { runRecordSchema } from './run-schema.ts'
import { probedWorkSchema } from './work-schema.ts'

const { scenario, seed, environment, target, verdict, exitCode } = runRecordSchema.shape

const estimate = z.object({
  median: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: z.number().min(0).max(1),
  values: z.array(z.number()),
})

const machine = z.object({
  quiet: z.boolean().nullable(),
  idleShare: z.number().nullable(),
  stealShare: z.number().nullable(),
  heavy: z.array(z.object({ pid: z.int(), name: z.string(), cores: z.number() })),
  waitedMs: z.number(),
})

const responseFigure = z.enum(['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'])

const figures = z.object({
  goodputPerSec: estimate,
  soldPerSec: estimate,
  errorRate: estimate,
  responseMs: z.record(responseFigure, estimate.nullable()),
  cpuMicrosPerAnswer: z.record(z.string(), estimate),
  memoryBytes: z.record(z.string(), estimate),
  readLagP99Ms: estimate.nullable(),
  overtakenPerThousand: estimate.nullable(),
})

const result = z.object({
  contestant: z.string(),
  runs: z.array(
    z.object({ directory: z.string(), runId: z.string(), startedAt: z.string(), verdict: verdict.unwrap(), machine }),
  ),
  verdict,
  failedChecks: z.array(z.enum(CHECK_NAMES as [CheckName, ...CheckName[]])),
  headline: z.string(),
  meetsSlo: z.boolean(),
  figures: figures.nullable(),
  work: z.array(probedWorkSchema).nullable(),
})

const place = z.object({
  place: z.int().positive(),
  contestants: z.array(z.string()),
  meetsSlo: z.boolean(),
  because: z.string(),
})

export const compareRecordSchema = z.object({
  schema: z.literal(COMPARE_SCHEMA),
  compareId: z.string(),
  status: z.enum(['running', 'complete', 'interrupted']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  scenario,
  seed,
  repeat: z.int().positive(),
  slo: z.array(z.string()),
  rankedBy: responseFigure,
  environment: environment.nullable(),
  contestants: z.array(
    z.object({
      name: z.string(),
      target: target.nullable(),
      promise: target.options[0].shape.promise,
      durableWhen: z.string().nullable(),
      settings: z.record(z.string(), z.string()),
      builtWrong: z.boolean(),
    }),
  ),
  regimes: z.array(z.object({ sellThrough: z.number().nullable(), results: z.array(result), places: z.array(place) })),
  turnsOver: z.array(z.string()),
  notes: z.array(z.string()),
  verdict,
  exitCode,
})
