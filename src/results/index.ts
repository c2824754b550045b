/** What a run writes, and how it is read again. */
export { createRunDirectory, type RunDirectory, type RunDirectoryOptions } from './run-directory.ts'
export { runJsonSchema } from './run-schema.ts'
export { openRun, type StoredRun } from './stored-run.ts'
export { currentWriter } from './writer-process.ts'
