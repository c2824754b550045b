/** Reads the telemetry that another process appends to a file, a line each, as far as it has come. */
import { type FileHandle, open } from 'node:fs/promises'
import { TELEMETRY_SCHEMA, type Telemetry } from '../core/telemetry.ts'

const CHUNK_BYTES = 1 << 20
/** A line that is longer is none of ours. */
const MOST_LINE_BYTES = 16 << 20
const NEW_LINE = 0x0a

export class TelemetryLines {
  readonly #path: string
  #offset = 0
  /** The beginning of a line whose end isn't written yet. */
  #begun = Buffer.alloc(0)
  #notUnderstood = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Lines so far that are no telemetry of this version. */
  get notUnderstood(): number {
    return this.#notUnderstood
  }

  /** Hands on what was appended since the last time, in order; nothing while there is no such file. Throws when it can't be read. */
  async read(take: (telemetry: Telemetry) => void): Promise<void> {
    const file = await openIfThere(this.#path)
    if (file === null) return
    try {
      const { size } = await file.stat()
      if (size < this.#offset) this.#startAgain()
      let isMore = this.#offset < size
      while (isMore) isMore = (await this.#readChunk(file, take)) && this.#offset < size
    } finally {
      await file.close()
    }
  }

  /** It was written anew. */
  #startAgain(): void {
    this.#offset = 0
    this.#begun = Buffer.alloc(0)
  }

  /** false: there was nothing. */
  async #readChunk(file: FileHandle, take: (telemetry: Telemetry) => void): Promise<boolean> {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, this.#offset)
    // It was cut short since its size was asked for.
    if (bytesRead === 0) return false
    this.#offset += bytesRead
    const bytes = Buffer.concat([this.#begun, buffer.subarray(0, bytesRead)])
    const end = bytes.lastIndexOf(NEW_LINE) + 1
    this.#begun = bytes.length - end > MOST_LINE_BYTES ? Buffer.alloc(0) : bytes.subarray(end)
    for (const line of bytes.toString('utf8', 0, end).split('\n')) this.#hand(line, take)
    return true
  }

  #hand(line: string, take: (telemetry: Telemetry) => void): void {
    if (line === '') return
    const telemetry = telemetryIn(line)
    if (telemetry === null) this.#notUnderstood++
    else take(telemetry)
  }
}

/** null for anything else. */
function telemetryIn(line: string): Telemetry | null {
  try {
    const value = JSON.parse(line) as Partial<Telemetry> | null
    const isOurs = value?.schema === TELEMETRY_SCHEMA && Number.isFinite(value.atMs)
    return isOurs && typeof value.source?.runId === 'string' ? (value as Telemetry) : null
  } catch {
    return null
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}
