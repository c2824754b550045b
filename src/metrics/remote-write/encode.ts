/**
 * The body of a remote write 1.0 request, before it is compressed: four messages of Protocol Buffers, written by hand
 * because they are all that is needed of it. Pure.
 * https://prometheus.io/docs/specs/prw/remote_write_spec/
 *
 *     message WriteRequest { repeated TimeSeries timeseries = 1; }
 *     message TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
 *     message Label        { string name = 1; string value = 2; }
 *     message Sample       { double value = 1; int64 timestamp = 2; }
 */
import type { Labels } from '../metric-family.ts'

export interface TimeSeries {
  /** `__name__` among them. */
  readonly labels: Labels
  readonly samples: readonly TimedValue[]
}

export interface TimedValue {
  /** ms since 1970. */
  readonly atMs: number
  /** STALE: there is no more from here on. */
  readonly value: number | typeof STALE
}

export const STALE = Symbol('stale')
/** The one NaN that means so; a number of JavaScript can't hold it apart from others. */
const STALE_BITS = 0x7ff0_0000_0000_0002n

/** Wire types, in the low three bits of a field's key. */
const VARINT = 0
const FIXED_64 = 1
const BYTES = 2

export function encodeWriteRequest(series: readonly TimeSeries[]): Uint8Array {
  return Buffer.concat(series.map((one) => field(1, encodeSeries(one))))
}

function encodeSeries({ labels, samples }: TimeSeries): Buffer {
  // The receiver takes them in the order of their names alone.
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([
    ...sorted.map(([name, value]) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
    ),
    ...samples.map((sample) => field(2, encodeSample(sample))),
  ])
}

function encodeSample({ atMs, value }: TimedValue): Buffer {
  const double = Buffer.alloc(8)
  if (value === STALE) double.writeBigUInt64LE(STALE_BITS)
  else double.writeDoubleLE(value)
  return Buffer.concat([Buffer.from([key(1, FIXED_64)]), double, Buffer.from([key(2, VARINT), ...varint(atMs)])])
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([key(number, BYTES), ...varint(bytes.length)]), bytes])
}

function key(number: number, wireType: number): number {
  return (number << 3) | wireType
}

/** Seven bits a byte, the lowest first. Whole and not negative; shifts would cut it to 32 bits. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...bytes, rest]
}
