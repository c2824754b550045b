/**
 * `live.ndjson`: what was told of a run while it went on, a line each time, for whoever follows it or looks at it
 * afterwards. Nothing is judged by it, so a disk that doesn't take it ends the file and not the run.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Telemetry, TelemetrySink } from '../core/telemetry.ts'
import { LIVE_FILE } from './run-files.ts'

export interface LiveFile extends TelemetrySink {
  /**
   * Resolves when all is written, or nothing more will be.
   * @returns why it ends early, in a sentence; null: it doesn't
   */
  end(): Promise<string | null>
}

/** Lines that a disk that stands still may hold up; those beyond are left out. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024

export function openLiveFile(directory: string): LiveFile {
  return new AppendedFile(join(directory, LIVE_FILE))
}

class AppendedFile implements LiveFile {
  readonly #path: string
  readonly #stream: WriteStream
  readonly #closed: Promise<void>
  #problem: string | null = null

  constructor(path: string) {
    this.#path = path
    this.#stream = createWriteStream(path, { flags: 'a' })
    this.#stream.on('error', (error) => {
      this.#problem ??= `${this.#path} ends early: ${error.message}`
    })
    this.#closed = new Promise((resolve) => this.#stream.once('close', resolve))
  }

  take(telemetry: Telemetry): void {
    if (this.#problem !== null) return
    if (this.#stream.writableLength > MOST_WAITING_BYTES) {
      this.#problem = `${this.#path} ends early: the disk did not keep up`
      return
    }
    this.#stream.write(`${JSON.stringify(telemetry)}\n`)
  }

  async end(): Promise<string | null> {
    this.#stream.end()
    await this.#closed
    return this.#problem
  }
}
