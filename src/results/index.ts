/** What a run writes, and how it is read again. */
export { type CapacityDirectory, createCapacityDirectory } from './capacity-directory.ts'
export {
  type CompareDirectory,
  createCompareDirectory,
  runFolderName,
} from './compare-directory.ts'
export { type LiveFile, openLiveFile } from './live-file.ts'
export { writeText } from './durable-file.ts'
export { createRaceDirectory, type RaceDirectory } from './race-directory.ts'
export { createFolder, createRunDirectory, type FolderOptions, type RunDirectory } from './run-directory.ts'
export { openRun, type StoredRun } from './stored-run.ts'
export { openCapacity } from './stored-capacity.ts'
export { openCompare } from './stored-compare.ts'
export { openGate } from './stored-gate.ts'
export { openRace } from './stored-race.ts'
export {
  CAPACITY_FILE,
  CAPACITY_REPORTS,
  COMPARE_FILE,
  COMPARE_REPORTS,
  GATE_FILE,
  GATE_REPORTS,
  LIVE_FILE,
  RACE_FILE,
  RACE_REPORTS,
  RECORD_FILE,
  RUN_REPORTS,
} from './run-files.ts'
export { currentWriter, isWriterAlive } from './writer-process.ts'
