import { uncompress, compress } from 'snappyjs'
import { describe, expect, it } from 'vitest'
import { encodeWriteRequest, STALE } from './encode.ts'
import { SeriesRecorder } from './series-recorder.ts'

describe('a write request', () => {
  it('is, byte for byte, what the specification says', () => {
    const bytes = encodeWriteRequest([{ labels: { b: 'x', __name__: 'up' }, samples: [{ atMs: 300, value: 1 }] }])
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        '0a26', // timeseries, 38 bytes
        '0a0e', // label __name__=up, in order of names
        `0a08${Buffer.from('__name__').toString('hex')}1202${Buffer.from('up').toString('hex')}`,
        '0a060a0162120178', // label b=x
        '120c09000000000000f03f10ac02', // sample 1 at 300
      ].join(''),
    )
  })

  it('keeps moments beyond 32 bits', () => {
    const bytes = encodeWriteRequest([{ labels: {}, samples: [{ atMs: 1_800_000_000_123, value: 0 }] }])
    // 1_800_000_000_123 in groups of seven bits, the lowest first.
    expect(Buffer.from(bytes).toString('hex').slice(-12)).toBe(varintOf(1_800_000_000_123n))
  })

  it('marks an end with the one NaN that means so', () => {
    const bytes = encodeWriteRequest([{ labels: {}, samples: [{ atMs: 1, value: STALE }] }])
    expect(Buffer.from(bytes).toString('hex')).toContain('09020000000000f07f')
  })

  it('comes back from its compression, long or short', () => {
    for (const length of [0, 1, 70_000]) {
      const bytes = Buffer.alloc(length, 'abcabd')
      expect(bytes.equals(uncompress(compress(bytes)))).toBe(true)
    }
  })
})

describe('recorded series', () => {
  const sample = (value: number) => [{ name: 'a', labels: { x: '1' }, value }]

  it('are in order of time, one value a moment, and end with a mark', () => {
    const recorder = new SeriesRecorder()
    recorder.take(sample(1), { job: 'j' }, 10)
    recorder.take(sample(2), { job: 'j' }, 20)
    recorder.take(sample(3), { job: 'j' }, 20)
    recorder.take(sample(9), { job: 'j' }, 15)
    expect([...recorder.all()]).toEqual([
      {
        labels: { __name__: 'a', job: 'j', x: '1' },
        samples: [
          { atMs: 10, value: 1 },
          { atMs: 20, value: 3 },
          { atMs: 21, value: STALE },
        ],
      },
    ])
  })

  it('are bounded, and say so', () => {
    const recorder = new SeriesRecorder(2)
    for (const atMs of [1, 2]) recorder.take(sample(1), {}, atMs)
    expect(recorder.isFull).toBe(false)
    recorder.take(sample(1), {}, 3)
    expect(recorder.isFull).toBe(true)
    expect(recorder.samples).toBe(2)
  })
})

function varintOf(value: bigint): string {
  const bytes: number[] = []
  for (let rest = value; rest > 0n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
  return Buffer.from(bytes).toString('hex')
}
