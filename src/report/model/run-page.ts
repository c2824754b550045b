/** The report of a run: what is said, in the order in which it is asked for. The verdict is first. */
import { type RunRecord, targetName } from '../../core/run-record.ts'
import { headlineOf } from '../headline.ts'
import { engineWords } from '../step-words.ts'
import { adviceFor } from './advice.ts'
import { checksSection, thresholdsSection } from './checks-section.ts'
import { curveSection } from './curve-section.ts'
import { withTimeThatPassed } from './cut-steps.ts'
import { MOOD_OF_RUN } from './names.ts'
import { outcomesSection } from './outcomes-section.ts'
import { type Command, type Page, type Section, text } from './page.ts'
import { repeatSection } from './repeat-section.ts'
import { resourcesSection } from './resources-section.ts'
import type { StepDigest } from './step-digest.ts'
import { stepsSection } from './steps-section.ts'
import { stockSection } from './stock-section.ts'
import { timesSection } from './times-section.ts'
import { violationsSection } from './violations-section.ts'
import { workSection } from './work-section.ts'

export interface RunReport {
  readonly record: RunRecord
  /** Of the steps whose history could be read, rising. */
  readonly digests: readonly StepDigest[]
  /** What could not be read, a sentence each. */
  readonly notes: readonly string[]
  readonly commands: readonly Command[]
}

export function runPage({ record: recorded, digests, notes, commands }: RunReport): Page {
  const record = withTimeThatPassed(recorded, digests)
  const { word, rest, verdict } = headlineOf(record)
  const subject = `${record.scenario.name} against ${targetName(record.target)}`
  const sections: readonly (Section | null)[] = [
    adviceSection(record),
    stepsSection(record),
    stockSection(record, digests),
    curveSection(record),
    timesSection(record, digests),
    outcomesSection(record, digests),
    resourcesSection(record),
    workSection(record),
    violationsSection(record),
    thresholdsSection(record),
    checksSection(record),
    repeatSection(record, commands),
  ]
  return {
    title: `${word} – ${subject}`,
    kicker: subject,
    banner: {
      mood: MOOD_OF_RUN[verdict],
      word,
      rest: rest.replace(/^[:;\s]+/, ''),
      circumstances: circumstancesOf(record, notes),
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster ${record.environment.doorbuster} from run ${record.runId}.`,
  }
}

function circumstancesOf(record: RunRecord, notes: readonly string[]): string[] {
  const { target, environment, engine, startedAt, exitCode, endedEarly } = record
  const where =
    target.kind === 'service'
      ? target.url
      : `${target.instances} server ${target.instances === 1 ? 'process' : 'processes'}`
  const stores = Object.entries(environment.services).map(
    ([name, { version }]) => `${name} ${version.split(' ', 1)[0]}`,
  )
  const facts = [
    where,
    ...stores,
    `${environment.cores} cores`,
    engineWords(engine) ?? [],
    `exit ${exitCode ?? '–'}`,
    startedAt,
  ]
  return [
    facts.flat().join(' · '),
    ...(endedEarly === null ? [] : [`Ended early: ${endedEarly.split('\n', 1)[0]}`]),
    ...notes,
  ]
}

function adviceSection(record: RunRecord): Section {
  const items = adviceFor(record)
  return {
    id: 'advice',
    title: 'What to do about it',
    lead: '',
    blocks: items.length > 0 ? [{ kind: 'advice', items }] : [text(nothingToDo(record))],
  }
}

function nothingToDo({ verdict }: RunRecord): string {
  return verdict === null ? 'Wait for its end, and make this report again.' : 'Nothing has to be done.'
}
