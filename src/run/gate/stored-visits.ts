/**
 * Visits that were made earlier: the runs of a folder, or one arm of a gate. Whatever is wrong with the folder is one error
 * that says what to do.
 */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import { GATE_SCHEMA, type GateArm, type GateRecord, type GateVisit } from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { gateVisitOf } from '../../gate/index.ts'
import { openRun } from '../../results/index.ts'
import { GATE_FILE } from './gate-files.ts'
import { workOf } from './visit-work.ts'

export interface StoredVisits {
  /** At least one. */
  readonly visits: readonly GateVisit[]
  /** Of a gate: its own calibration; else none. */
  readonly calibration: readonly GateVisit[]
  /** The first of the runs: what was run, on which machine. */
  readonly record: RunRecord
}

const RUN_FILE = 'run.json'

/**
 * Of a gate's folder: the visits of its arm of this name. Else of the run, or of all runs, in the folder.
 * Throws HarnessError RUN_DIRECTORY_INVALID.
 */
export async function readStoredVisits(folders: readonly string[], arm: GateArm): Promise<StoredVisits> {
  const read = await Promise.all(folders.map((folder) => readFolder(resolve(folder), arm)))
  const [first] = read
  if (first === undefined) throw new RangeError('no folder to read visits from')
  return {
    visits: read.flatMap(({ visits }) => visits),
    calibration: read.flatMap(({ calibration }) => calibration),
    record: first.record,
  }
}

async function readFolder(folder: string, arm: GateArm): Promise<StoredVisits> {
  if (existsSync(join(folder, GATE_FILE))) return await readGate(folder, arm)
  const runs = runsIn(folder)
  if (runs.length > 0) return await readRuns(runs, arm)
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${folder} holds no runs: it has neither a ${RUN_FILE} nor a ${GATE_FILE}, and no folder with one`,
    hint: 'Name the folder of a run, a folder with several of them, or that of a gate.',
  })
}

/** The folder itself, or those in it. */
function runsIn(folder: string): string[] {
  if (existsSync(join(folder, RUN_FILE))) return [folder]
  if (!existsSync(folder)) return []
  const isFolder = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return isFolder
    .map(({ name }) => join(folder, name))
    .filter((path) => existsSync(join(path, RUN_FILE)))
    .sort()
}

async function readRuns(folders: readonly string[], arm: GateArm): Promise<StoredVisits> {
  const records = await Promise.all(folders.map(async (folder) => (await openRun(folder)).record))
  const visits = records.map((record, index) =>
    gateVisitOf({ arm, round: 1, block: null }, { record, directory: folders[index]!, work: workOf(record) }),
  )
  return { visits, calibration: [], record: records[0]! }
}

/** Figures are taken from the runs again, not from what the gate said of them. */
async function readGate(folder: string, arm: GateArm): Promise<StoredVisits> {
  const gate = await readGateRecord(folder)
  const runsOf = (visits: readonly GateVisit[]): string[] =>
    visits.filter((visit) => visit.arm === arm).map(({ directory }) => resolve(folder, directory))
  const directories = runsOf(gate.visits)
  const calibration = runsOf(gate.calibration)
  if (directories.length + calibration.length === 0) {
    throw new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `the gate in ${folder} has no visits of its ${arm}`,
      hint: 'It was ended before its first one: run it again.',
    })
  }
  if (directories.length === 0) return await readRuns(calibration, arm)
  const read = await readRuns(directories, arm)
  return { ...read, calibration: calibration.length === 0 ? [] : (await readRuns(calibration, arm)).visits }
}

async function readGateRecord(folder: string): Promise<GateRecord> {
  const file = join(folder, GATE_FILE)
  let json: Partial<GateRecord> | null
  try {
    json = JSON.parse(await readFile(file, 'utf8')) as Partial<GateRecord> | null
  } catch (cause) {
    throw unreadable(file, (cause as Error).message, cause)
  }
  if (json?.schema !== GATE_SCHEMA) throw unreadable(file, `its schema is not "${GATE_SCHEMA}"`)
  if (!isListOfVisits(json.visits) || !isListOfVisits(json.calibration))
    throw unreadable(file, 'its visits are missing')
  return json as GateRecord
}

/** All that is used of them. */
function isListOfVisits(list: unknown): boolean {
  return (
    Array.isArray(list) &&
    list.every((one: Partial<GateVisit> | null) => typeof one?.directory === 'string' && typeof one.arm === 'string')
  )
}

function unreadable(file: string, why: string, cause?: unknown): HarnessError {
  return new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${file} can't be used: ${why}`,
    hint: 'It was changed after it was written, or by another version. Restore it from a copy, or run the gate again.',
    cause,
  })
}
