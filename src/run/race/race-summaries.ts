/** What people and CI read of a race that has ended, beside its record. */
import { relative } from 'node:path'
import type { RaceRecord } from '../../core/race-record.ts'
import { raceJunit, raceMarkdown } from '../../report/index.ts'
import { RACE_REPORTS, type RaceDirectory } from '../../results/index.ts'

/** Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeRaceSummaries(directory: RaceDirectory, record: RaceRecord): Promise<void> {
  await directory.writeText(RACE_REPORTS.md, raceMarkdown(record, fromHere(directory.path)))
  await directory.writeText(RACE_REPORTS.junit, raceJunit(record))
}

/** As somebody would name it who stands where the race was called. */
function fromHere(path: string): string {
  const shorter = relative(process.cwd(), path)
  return shorter === '' || shorter.startsWith('..') ? path : shorter
}
