/** The page as a value: all that it shows of what was told. Pure. */
import type { Telemetry } from '../../core/telemetry.ts'
import type { Card } from './card.ts'
import { checksCard } from './cards/checks.ts'
import { generatorCard } from './cards/generator.ts'
import { loadCard } from './cards/load.ts'
import { causesCard, outcomesCard } from './cards/outcomes.ts'
import { resourcesCard } from './cards/resources.ts'
import { timesCard } from './cards/times.ts'
import { unitsCard } from './cards/units.ts'
import { circumstancesOf, progressOf, subjectOf } from './heading.ts'
import { type Told, toldBy } from './told.ts'
import { type ShownVerdict, shownVerdict } from './verdict.ts'

export interface View {
  readonly subject: string
  readonly circumstances: string
  readonly progress: string
  readonly verdict: ShownVerdict
  /** From left to right; where there is less room, one below the other. */
  readonly columns: readonly (readonly Card[])[]
}

const COLUMNS = [
  [unitsCard, checksCard],
  [loadCard, outcomesCard],
  [timesCard, causesCard],
]

/** What a watch knows nothing of: who works, and a generator. */
const COLUMN_OF_A_RUN = [resourcesCard, generatorCard]

/** null when nothing was told. */
export function viewOf(looks: readonly Telemetry[]): View | null {
  const told = toldBy(looks)
  if (told === null) return null
  return {
    subject: subjectOf(told.last),
    circumstances: circumstancesOf(told.last),
    progress: progressOf(told.last),
    verdict: shownVerdict(told.last),
    columns: columnsOf(told).map((makers) => makers.map((make) => make(told))),
  }
}

function columnsOf({ last }: Told): typeof COLUMNS {
  return last.source.kind === 'watch' ? COLUMNS : [...COLUMNS, COLUMN_OF_A_RUN]
}
