/**
 * Reads the Parquet files of a run, one column of one row group at a time. Anything that isn't exactly what was written
 * is a damaged file: an error with the file's name, never a stack trace and never a guess.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { HarnessError } from '../core/errors.ts'
import { checksumOf, isSealed } from './parquet-checksum.ts'
import { DOCUMENT_KEY, ROWS_PER_GROUP } from './parquet-writing.ts'

const READ_CHUNK_BYTES = 1 << 20

/** A piece of one column; `first` is the index of its first value within the row group. */
type TakePiece = (values: ArrayLike<unknown>, first: number) => void

export interface OpenParquet {
  readonly rows: number
  /** The JSON document of the footer. */
  readonly document: unknown
  /** All but the last hold ROWS_PER_GROUP rows. */
  readonly groups: readonly { readonly start: number; readonly end: number }[]
  /** `strings: false` gives text as bytes: no string is made that nobody reads. */
  readColumn(group: number, column: string, take: TakePiece, options?: { readonly strings: boolean }): Promise<void>
}

/** Opens `path`, checks it whole, hands it to `read`, and closes it. Throws HarnessError RUN_DIRECTORY_INVALID. */
export async function readParquet<T>(path: string, read: (parquet: OpenParquet) => Promise<T>): Promise<T> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (cause) {
    throw new HarnessError('RUN_DIRECTORY_INVALID', {
      message: `cannot open ${path}: ${reasonOf(cause)}`,
      hint: 'Only finished steps have these files. Run the scenario again, or name another run folder.',
      cause,
    })
  }
  try {
    return await read(await openParquet(file))
  } catch (cause) {
    throw damaged(path, cause)
  } finally {
    await file.close()
  }
}

/** What the reader finds wrong with the contents of a file; becomes a HarnessError that names the file. */
export class DamagedFile extends Error {}

function damaged(path: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause
  return new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${path} is damaged: ${reasonOf(cause)}`,
    hint: 'The file was cut short or changed after the run. Restore it from a copy, or run the scenario again.',
    cause,
  })
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause)
}

async function openParquet(file: FileHandle): Promise<OpenParquet> {
  const { size } = await file.stat()
  const buffer: AsyncBuffer = {
    byteLength: size,
    slice: (start, end = size) => readSlice(file, start, Math.min(end, size)),
  }
  await verifyChecksum(file, size)
  const metadata = await parquetMetadataAsync(buffer)
  const rows = Number(metadata.num_rows)
  const groups = groupsOf(metadata)
  if (groups.reduce((sum, { start, end }) => sum + end - start, 0) !== rows) {
    throw new DamagedFile('its row groups do not add up to its rows')
  }
  return {
    rows,
    document: parseDocument(metadata),
    groups,
    readColumn: (group, column, take, options) =>
      readColumn({ buffer, metadata, column, take, ...groups[group]! }, options?.strings ?? true),
  }
}

function groupsOf(metadata: FileMetaData): { start: number; end: number }[] {
  let start = 0
  return metadata.row_groups.map(({ num_rows }, index) => {
    const rows = Number(num_rows)
    const isLast = index === metadata.row_groups.length - 1
    if (isLast ? rows < 1 || rows > ROWS_PER_GROUP : rows !== ROWS_PER_GROUP) {
      throw new DamagedFile('a row group has an impossible size')
    }
    const group = { start, end: start + rows }
    start = group.end
    return group
  })
}

interface ColumnRead {
  readonly buffer: AsyncBuffer
  readonly metadata: FileMetaData
  readonly column: string
  readonly take: TakePiece
  readonly start: number
  readonly end: number
}

async function readColumn(read: ColumnRead, strings: boolean): Promise<void> {
  let values = 0
  let failure: unknown = null
  await parquetRead({
    file: read.buffer,
    metadata: read.metadata,
    columns: [read.column],
    rowStart: read.start,
    rowEnd: read.end,
    ...(strings ? {} : { parsers: { stringFromBytes: (bytes: Uint8Array) => bytes } }),
    onChunk: ({ columnData, rowStart }) => {
      values += columnData.length
      // What a callback throws is lost in the library's promises.
      try {
        read.take(columnData, rowStart - read.start)
      } catch (error) {
        failure ??= error
      }
    },
  })
  if (failure !== null) throw failure
  if (values !== read.end - read.start)
    throw new DamagedFile(`column ${read.column} has ${values} values too few or many`)
}

function parseDocument(metadata: FileMetaData): unknown {
  const text = metadata.key_value_metadata?.find(({ key }) => key === DOCUMENT_KEY)?.value
  if (text === undefined) throw new DamagedFile('it was not written by doorbuster')
  return JSON.parse(text)
}

/** The footer's length and the magic bytes after it. */
const TAIL_BYTES = 8

async function verifyChecksum(file: FileHandle, size: number): Promise<void> {
  if (size < TAIL_BYTES) throw new DamagedFile('it is too short to be a Parquet file')
  const tail = await readSlice(file, size - TAIL_BYTES, size)
  const footerStart = size - TAIL_BYTES - new DataView(tail).getUint32(0, true)
  if (footerStart < 0) throw new DamagedFile('it was cut short, or is not a Parquet file')
  let before = 0
  for (let start = 0; start < footerStart; start += READ_CHUNK_BYTES) {
    const slice = await readSlice(file, start, Math.min(start + READ_CHUNK_BYTES, footerStart))
    before = checksumOf(new Uint8Array(slice), before)
  }
  const footer = new Uint8Array(await readSlice(file, footerStart, size))
  if (!isSealed(footer, before)) throw new DamagedFile('its checksum does not match its contents')
}

async function readSlice(file: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start))
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw new DamagedFile('it ends too early')
    filled += bytesRead
  }
  return bytes.buffer
}
