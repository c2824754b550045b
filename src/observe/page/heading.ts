/** What runs and how far it is, in words. */
import type { StepTelemetry, Telemetry } from '../../core/telemetry.ts'
import { formatCount } from '../../core/units.ts'

const PHASE_WORDS: Readonly<Record<Telemetry['phase'], string>> = {
  starting: 'starting',
  'warming-up': 'warming up',
  load: 'under load',
  judging: 'judging: reading the ledger',
  finished: 'the run is over',
}

/** "staircase-12800 against redis-lua". */
export function subjectOf({ source }: Telemetry): string {
  return source.kind === 'watch' ? `watching ${source.target}` : `${source.scenario} against ${source.target}`
}

/** "engine open (open model), PostgreSQL 15.3, run 2026...". */
export function circumstancesOf({ source }: Telemetry): string {
  const stores = Object.entries(source.stores).map(([name, version]) => `${name} ${version}`)
  return [`engine ${source.engine} (${source.model} model)`, ...stores, `run ${source.runId}`].join(' · ')
}

/** "step 2 of 8 at 3,200/s, 4 s of 10 s · under load". */
export function progressOf({ phase, step, source }: Telemetry): string {
  if (source.kind === 'watch') return phase === 'finished' ? 'the watch is over' : 'watching'
  if (step === null || phase === 'finished') return PHASE_WORDS[phase]
  return `${stepWords(step)} · ${PHASE_WORDS[phase]}`
}

function stepWords({ number, of, offeredRatePerSec, durationMs, elapsedMs }: StepTelemetry): string {
  const rate = offeredRatePerSec === null ? '' : ` at ${formatCount(offeredRatePerSec)}/s`
  return `step ${number} of ${of}${rate}, ${seconds(Math.min(elapsedMs, durationMs))} of ${seconds(durationMs)} s`
}

function seconds(ms: number): string {
  return formatCount(ms / 1_000)
}
