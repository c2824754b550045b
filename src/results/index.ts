/** What a run writes, and how it is read again. */
export {
  type CompareDirectory,
  type CompareDirectoryOptions,
  createCompareDirectory,
  runFolderName,
} from './compare-directory.ts'
export { type LiveFile, openLiveFile } from './live-file.ts'
export { writeText } from './durable-file.ts'
export { createFolder, createRunDirectory, type FolderOptions, type RunDirectory } from './run-directory.ts'
export { openRun, type StoredRun } from './stored-run.ts'
export { LIVE_FILE } from './run-files.ts'
export { currentWriter } from './writer-process.ts'
