/**
 * Response times in buckets of equal ratio, for the live line only: 16 to a doubling, so that a bucket is at most
 * 6.25 % wide. One add per answer, no lock, readable from another thread. The figures of a run are computed from its
 * columns and never from here.
 */
const BUCKETS_PER_DOUBLING = 16
const FIRST_DOUBLING = 4
/** Up to 2^31 us. */
export const LATENCY_BUCKETS = (31 - FIRST_DOUBLING + 1) * BUCKETS_PER_DOUBLING

/** Bucket of a time in us, which is cut to a whole number. */
export function latencyBucket(us: number): number {
  const whole = us < 0 ? 0 : us > 0x7fff_ffff ? 0x7fff_ffff : us | 0
  if (whole < BUCKETS_PER_DOUBLING) return whole
  const doubling = 31 - Math.clz32(whole)
  return (doubling - FIRST_DOUBLING) * BUCKETS_PER_DOUBLING + (whole >> (doubling - FIRST_DOUBLING))
}

/** Smallest time of a bucket, us. */
function bucketFloor(bucket: number): number {
  if (bucket < BUCKETS_PER_DOUBLING) return bucket
  const shift = Math.floor(bucket / BUCKETS_PER_DOUBLING) - 1
  return ((bucket % BUCKETS_PER_DOUBLING) + BUCKETS_PER_DOUBLING) * 2 ** shift
}

/** The q-quantile (0..1) in us, as the middle of its bucket; null without a sample. */
export function quantileUs(counts: ArrayLike<number>, q: number): number | null {
  let total = 0
  for (let bucket = 0; bucket < counts.length; bucket++) total += counts[bucket]!
  if (total === 0) return null
  let left = Math.ceil(q * total)
  let bucket = 0
  while (bucket < counts.length - 1 && left > counts[bucket]!) left -= counts[bucket++]!
  return (bucketFloor(bucket) + bucketFloor(bucket + 1)) / 2
}
