/**
 * The open-loop engine: every request leaves when the plan says, whether or not earlier ones were answered, and is
 * recorded. See docs/decisions/0003-scheduler-tick.md for how the moment is kept.
 */
import { availableParallelism } from 'node:os'
import type { LoadEngine } from '../load-engine.ts'
import { type EngineSettings, OpenLoopRun } from './engine.ts'

/** Raised when what is measured, or how, changes. */
const VERSION = '1.0'
/** A worker holds twice as much with a core to itself; its target seldom leaves it one. */
const RATE_PER_WORKER = 40_000

const DEFAULTS: EngineSettings = { ticks: { from: 'thread', tickMs: 0.5 } }

export function createOpenLoopEngine(settings: EngineSettings = DEFAULTS): LoadEngine {
  return {
    name: 'open-loop',
    version: VERSION,
    model: 'open',
    // oxlint-disable-next-line typescript/require-await -- other engines have something to wait for
    start: async (options) => new OpenLoopRun(options, options.workers ?? workersFor(options.peakRatePerSec), settings),
  }
}

function workersFor(peakRatePerSec: number): number {
  return Math.min(Math.max(1, Math.ceil(peakRatePerSec / RATE_PER_WORKER)), availableParallelism())
}

export const openLoopEngine: LoadEngine = createOpenLoopEngine()

export { readsOnlyPlan } from './warm-up-plan.ts'
