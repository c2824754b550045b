/** Messages of both sides of a Postgres connection, put together by tests. */

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`)

export function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

/** Untyped, as a frontend begins. */
export function opening(code: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([int32(code), ...parts])
  return Buffer.concat([int32(body.length + 4), body])
}

const VERSION_3_0 = 196_608
export const CANCEL_REQUEST = 80_877_102
export const SSL_REQUEST = 80_877_103
export const GSS_REQUEST = 80_877_104

export function startup(parameters: Readonly<Record<string, string>> = { user: 'shop' }): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [zeroEnded(name), zeroEnded(value)])
  return opening(VERSION_3_0, ...pairs, Buffer.alloc(1))
}

export const query = (text: string): Buffer => message('Q', zeroEnded(text))
export const sync = message('S')
export const flush = message('H')
export const terminate = message('X')

export function parse(name: string, text: string, types: readonly number[] = []): Buffer {
  return message('P', zeroEnded(name), zeroEnded(text), int16(types.length), ...types.map(int32))
}

interface Binding {
  readonly portal?: string
  readonly statement?: string
  readonly formats?: readonly number[]
  readonly values?: readonly (Buffer | string | null)[]
  readonly resultFormats?: readonly number[]
}

export function bind({ portal = '', statement = '', formats = [], values = [], resultFormats = [] }: Binding): Buffer {
  return message(
    'B',
    zeroEnded(portal),
    zeroEnded(statement),
    int16(formats.length),
    ...formats.map(int16),
    rowValues(values),
    int16(resultFormats.length),
    ...resultFormats.map(int16),
  )
}

export const describeIt = (kind: 'S' | 'P', name = ''): Buffer => message('D', Buffer.from(kind), zeroEnded(name))
export const closeIt = (kind: 'S' | 'P', name = ''): Buffer => message('C', Buffer.from(kind), zeroEnded(name))
export const execute = (portal = '', rows = 0): Buffer => message('E', zeroEnded(portal), int32(rows))

export const ready = (status = 'I'): Buffer => message('Z', Buffer.from(status))
export const backendKey = (pid: number): Buffer => message('K', int32(pid), int32(7))
export const authenticated = message('R', int32(0))
export const parsed = message('1')
export const bound = message('2')
export const closed = message('3')
export const noData = message('n')
export const suspended = message('s')
export const completed = (tag: string): Buffer => message('C', zeroEnded(tag))
export const notice = (text: string): Buffer => message('N', Buffer.from('M'), zeroEnded(text), Buffer.alloc(1))

export function columns(...types: readonly (number | readonly [type: number, format: number])[]): Buffer {
  const fields = types.map((type) => {
    const [oid, format] = typeof type === 'number' ? [type, 0] : type
    return Buffer.concat([zeroEnded('c'), int32(0), int16(0), int32(oid), int16(-1), int32(-1), int16(format)])
  })
  return message('T', int16(types.length), ...fields)
}

export const parameters = (...types: readonly number[]): Buffer =>
  message('t', int16(types.length), ...types.map(int32))

export const row = (...values: readonly (Buffer | string | null)[]): Buffer => message('D', rowValues(values))

export function failed(code: string, text: string, severity = 'ERROR'): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${text}`].map(zeroEnded)
  return message('E', ...fields, Buffer.alloc(1))
}

function rowValues(values: readonly (Buffer | string | null)[]): Buffer {
  const written = values.map((value) => {
    if (value === null) return int32(-1)
    const bytes = Buffer.from(value)
    return Buffer.concat([int32(bytes.length), bytes])
  })
  return Buffer.concat([int16(values.length), ...written])
}
