/**
 * Those who read the events: a newcomer gets what came so far (event `past`, a list), then each telemetry as it comes.
 * Nothing piles up for a reader that doesn't keep up: it misses some, which costs it only detail, and after many is
 * dropped.
 */
import type { ServerResponse } from 'node:http'
import type { Telemetry } from '../core/telemetry.ts'
import { PastTelemetry } from './past-telemetry.ts'

const MOST_READERS = 50
/** Telemetry or heartbeats that a reader may miss in a row. */
const MOST_MISSED = 15
const HEARTBEAT_MS = 5_000
/** A proxy, or a sleeping laptop, must not take silence for the end; nor must a page take the end for silence. */
const HEARTBEAT = 'event: alive\ndata:\n\n'

interface Reader {
  readonly response: ServerResponse
  missed: number
}

export class EventReaders {
  readonly #past = new PastTelemetry()
  readonly #readers = new Set<Reader>()
  readonly #heartbeat = setInterval(() => this.#tell(HEARTBEAT), HEARTBEAT_MS).unref()

  /** `null` before the first. */
  get lastAsJson(): string {
    return this.#past.last ?? 'null'
  }

  take(telemetry: Telemetry): void {
    const json = JSON.stringify(telemetry)
    this.#past.add(telemetry, json)
    this.#tell(eventOf(json))
  }

  add(response: ServerResponse): void {
    if (this.#readers.size >= MOST_READERS) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end(`more than ${MOST_READERS} read already\n`)
      return
    }
    const reader: Reader = { response, missed: 0 }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // So that the end of the events is the end of the connection.
      connection: 'close',
    })
    response.on('close', () => this.#readers.delete(reader))
    response.on('drain', () => this.#catchUp(reader))
    response.write(`event: past\ndata: [${this.#past.all().join(',')}]\n\n`)
    this.#readers.add(reader)
  }

  /** No more comes. */
  end(): void {
    clearInterval(this.#heartbeat)
    for (const { response } of this.#readers) response.end()
  }

  #tell(event: string): void {
    for (const reader of this.#readers) {
      if (!reader.response.writableNeedDrain) {
        reader.response.write(event)
      } else if (++reader.missed > MOST_MISSED) {
        reader.response.destroy()
      }
    }
  }

  #catchUp(reader: Reader): void {
    const { last } = this.#past
    if (reader.missed > 0 && last !== null) reader.response.write(eventOf(last))
    reader.missed = 0
  }
}

function eventOf(json: string): string {
  return `data: ${json}\n\n`
}
