/** The visits of a gate: the course of each metric over them, and what became of each. */
import { GATE_METRICS, type GateRecord } from '../../core/gate-record.ts'
import { formatQuantity, formatShare } from '../../core/units.ts'
import { visitCharts } from './gate-visit-charts.ts'
import { moodOf } from './names.ts'
import { moreWords, type NumberedVisit, numberedVisits, ROWS_SHOWN } from './numbered-visits.ts'
import { type Block, type Mood, row, type Section, tableBlock } from './page.ts'

/** null: none was made. */
export function visitsSection(record: GateRecord): Section | null {
  const visits = numberedVisits(record)
  if (visits.length === 0) return null
  return {
    id: 'visits',
    title: 'The visits',
    lead: leadOf(record),
    blocks: [...visitCharts(visits, record).map((chart): Block => ({ kind: 'chart', chart })), visitTable(visits)],
  }
}

function leadOf({ calibration, visits }: GateRecord): string {
  const isStored = visits.some(({ block }) => block === null)
  const hasBoth = new Set(visits.map(({ arm }) => arm)).size > 1
  return [
    isStored
      ? 'Those of the baseline first. What was stored earlier was not visited in turn with the other arm: what the machine did meanwhile falls on one alone.'
      : 'In the order in which they were made.',
    !isStored && hasBoth && 'Both arms in turn, so that whatever the machine does falls on both alike.',
    calibration.length > 0 &&
      `The first ${formatQuantity(calibration.length, 'visit')} to the baseline calibrated it, and are in no comparison of times.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ')
}

function visitTable(visits: readonly NumberedVisit[]): Block {
  const rows = visits.slice(0, ROWS_SHOWN).map((visit) => {
    const { number, arm, directory } = visit
    const cells = [roundWords(visit), verdictWords(visit), onTimeWords(visit), directory]
    return row([String(number), arm, ...cells], moodOfVisit(visit))
  })
  const titles = ['>visit', 'arm', 'round', 'verdict', '>generator on time', 'folder']
  return tableBlock('Visits', titles, rows, moreWords(visits.length))
}

function roundWords({ isCalibration, block, round }: NumberedVisit): string {
  if (isCalibration) return 'calibration'
  return block === null ? 'not in turn' : `${round}, block ${block + 1}`
}

function verdictWords({ verdict, failedChecks, isChecked }: NumberedVisit): string {
  if (failedChecks.length > 0) return `wrong: ${failedChecks.map(({ check }) => check).join(', ')}`
  if (verdict === 'environment') return 'ended early'
  if (verdict === 'passed') return isChecked ? 'right' : 'nothing was checked'
  return verdict
}

/** Where no step went to its end, nothing was late either. */
function onTimeWords({ figures, generator }: NumberedVisit): string {
  const isMeasured = GATE_METRICS.some((metric) => figures[metric] !== null)
  return isMeasured ? formatShare(generator.onTimeShare) : '–'
}

function moodOfVisit({ verdict, isChecked }: NumberedVisit): Mood {
  return verdict === 'passed' && !isChecked ? 'doubtful' : moodOf(verdict)
}
