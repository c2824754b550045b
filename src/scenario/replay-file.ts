/**
 * A file of arrival times: one in ms a line, fractions allowed, in any order; blank lines and lines that begin with # are
 * passed over. Pure.
 */
import { formatCount } from '../core/units.ts'
import { SCENARIO_LIMITS } from './limits.ts'
import { formatValue, type Problem } from '../core/document/problem.ts'

export interface ReplayTimes {
  /** Never falling. */
  readonly atMs: readonly number[]
}

const PROBLEMS_SHOWN = 20

/** `label`: the file as messages name it. A line that is no time is a problem with its place. */
export function parseReplayFile(
  text: string,
  label: string,
): { readonly times: ReplayTimes; readonly problems: Problem[] } {
  const atMs: number[] = []
  const problems: Problem[] = []
  const report = (line: number, column: number, sentence: string): void => {
    if (problems.length < PROBLEMS_SHOWN) {
      problems.push({ place: { label: `${label}:${line}:${column}`, line, column }, path: [], sentence })
    }
  }
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const written = line.trim()
    if (written === '' || written.startsWith('#')) continue
    const ms = /^\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN
    const most = SCENARIO_LIMITS.stepDurationMs.max
    if (Number.isNaN(ms)) {
      const column = line.indexOf(written) + 1
      report(index + 1, column, `must be a time in ms since the start of the step, got ${formatValue(written)}`)
    } else if (ms > most) {
      report(
        index + 1,
        line.indexOf(written) + 1,
        `must be at most ${formatCount(most)} (24h), since times count from the start of the step, got ${written}`,
      )
    } else {
      atMs.push(ms)
    }
  }
  if (problems.length === 0) {
    if (atMs.length === 0) report(1, 1, 'holds no time')
    if (atMs.length > SCENARIO_LIMITS.replayTimes) {
      report(
        1,
        1,
        `holds ${formatCount(atMs.length)} times; at most ${formatCount(SCENARIO_LIMITS.replayTimes)} are possible`,
      )
    }
  }
  return { times: { atMs: atMs.sort((a, b) => a - b) }, problems }
}
