/**
 * Bytes of one direction of a Postgres connection (frontend/backend protocol 3), in any pieces, as messages.
 * It knows where a message ends and nothing of what it means. Pure.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'

export interface PostgresMessage {
  /** A letter; '' for what a frontend sends before it has named its version: those have none. */
  readonly type: string
  /** All of it, as it came. */
  readonly bytes: Buffer
  /** Without type and length. */
  readonly body: Buffer
}

/** What a message without a letter asks for. */
type OpeningKind = 'startup' | 'cancel' | 'encryption'

/** As Postgres bounds them (MAX_STARTUP_PACKET_LENGTH): a TLS hello or an HTTP request reads as a longer one. */
const MAX_OPENING_BYTES = 10_000
/** Of protocol 3 whatever its minor version: libpq asks for 3.2 where it knows it. */
const MAJOR_VERSION = 3
const CANCEL_REQUEST = 80_877_102
const SSL_REQUEST = 80_877_103
const GSS_ENCRYPTION_REQUEST = 80_877_104

export class PostgresFrames {
  #rest: Buffer = Buffer.alloc(0)
  /** Whether messages begin with a letter. */
  #areLettered: boolean

  constructor(side: 'frontend' | 'backend') {
    this.#areLettered = side === 'backend'
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
  }

  /** No message has begun that isn't whole yet. */
  get isEmpty(): boolean {
    return this.#rest.length === 0
  }

  /** null: not all of it is here. After a fault nothing more can be known. */
  next(): PostgresMessage | FrameFault | null {
    const lead = this.#areLettered ? 1 : 0
    if (this.#rest.length < lead + 4) return null
    const length = this.#rest.readInt32BE(lead)
    const fault = this.#faultOf(length)
    if (fault !== null) return fault
    if (this.#rest.length < lead + length) return null
    const bytes = this.#rest.subarray(0, lead + length)
    this.#rest = this.#rest.subarray(lead + length)
    const type = this.#areLettered ? String.fromCharCode(bytes[0]!) : ''
    const message = { type, bytes, body: bytes.subarray(lead + 4) }
    return this.#areLettered ? message : this.#opened(message)
  }

  #faultOf(length: number): FrameFault | null {
    const [least, most] = this.#areLettered ? [4, MAX_FRAME_BYTES] : [8, MAX_OPENING_BYTES]
    if (length >= least && length <= most) return null
    return new FrameFault(`a message says that it has ${length} bytes; from ${least} to ${most} are taken`)
  }

  #opened(message: PostgresMessage): PostgresMessage | FrameFault {
    const kind = openingKindOf(message)
    if (kind === null)
      return new FrameFault(`protocol ${versionOf(message)} is not spoken here, only ${MAJOR_VERSION}.x`)
    if (kind === 'startup') this.#areLettered = true
    return message
  }
}

/** null: of another version. */
export function openingKindOf({ body }: PostgresMessage): OpeningKind | null {
  const code = body.readInt32BE(0)
  if (code === CANCEL_REQUEST) return 'cancel'
  if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST) return 'encryption'
  return code >> 16 === MAJOR_VERSION ? 'startup' : null
}

function versionOf({ body }: PostgresMessage): string {
  return `${body.readUInt16BE(0)}.${body.readUInt16BE(2)}`
}
