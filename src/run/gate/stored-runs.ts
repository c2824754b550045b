/**
 * The runs of a folder, or those of one arm of a gate. Whatever is wrong with the folder is one error that says what to do.
 */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import {
  GATE_SCHEMA,
  type GateArm,
  type GateRecord,
  type GateVisit,
  type PlannedVisit,
} from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { GATE_FILE, openRun } from '../../results/index.ts'

export interface StoredRun {
  /** As its gate planned it; of a run that belongs to none: the first round, no block. */
  readonly planned: PlannedVisit
  readonly isCalibration: boolean
  readonly directory: string
  readonly record: RunRecord
}

type Place = Omit<StoredRun, 'record'>

const RUN_FILE = 'run.json'

/**
 * Of a gate's folder: the visits of its arm of this name, and then its calibration. Else of the run, or of all runs, in the
 * folder. At least one. Throws HarnessError RUN_DIRECTORY_INVALID.
 */
export async function readStoredRuns(folders: readonly string[], arm: GateArm): Promise<StoredRun[]> {
  if (folders.length === 0) throw new RangeError('no folder to read visits from')
  const places = await Promise.all(folders.map((folder) => placesIn(resolve(folder), arm)))
  return await Promise.all(
    places.flat().map(async (place) => ({ ...place, record: (await openRun(place.directory)).record })),
  )
}

/** Whether its visits have a plan. */
export function isFolderOfGate(folder: string): boolean {
  return existsSync(join(folder, GATE_FILE))
}

async function placesIn(folder: string, arm: GateArm): Promise<Place[]> {
  if (isFolderOfGate(folder)) return await placesOfGate(folder, arm)
  const runs = runsIn(folder)
  if (runs.length > 0) {
    return runs.map((directory) => ({ directory, planned: { arm, round: 1, block: null }, isCalibration: false }))
  }
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

/** Figures are taken from the runs again, not from what the gate said of them. */
async function placesOfGate(folder: string, arm: GateArm): Promise<Place[]> {
  const gate = await readGateRecord(folder)
  const placesOf = (visits: readonly GateVisit[], isCalibration: boolean): Place[] =>
    visits
      .filter((visit) => visit.arm === arm)
      .map(({ round, block, directory }) => ({
        directory: resolve(folder, directory),
        planned: { arm, round, block },
        isCalibration,
      }))
  const places = [...placesOf(gate.visits, false), ...placesOf(gate.calibration, true)]
  if (places.length > 0) return places
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `the gate in ${folder} has no visits of its ${arm}`,
    hint: 'It was ended before its first one: run it again.',
  })
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

function isListOfVisits(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => isVisit(one as Partial<GateVisit> | null))
}

/** All that is used of it. */
function isVisit(one: Partial<GateVisit> | null): boolean {
  const hasPlace = typeof one?.directory === 'string' && typeof one.arm === 'string'
  return hasPlace && Number.isInteger(one.round) && (one.block === null || Number.isInteger(one.block))
}

function unreadable(file: string, why: string, cause?: unknown): HarnessError {
  return new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${file} can't be used: ${why}`,
    hint: 'It was changed after it was written, or by another version. Restore it from a copy, or run the gate again.',
    cause,
  })
}
