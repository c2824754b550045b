/**
 * Seeded random numbers: the same seed gives the same stream on every machine.
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32. Not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number
  /** Uniform integer in [0, bound). */
  below(bound: number): number
  /** Exponentially distributed with the given mean. */
  exponential(mean: number): number
}

/** `stream` keeps independent uses of one seed apart: arrivals of step 3 don't shift when step 2 changes. */
export function createRandom(seed: number, stream = 0): Random {
  let mix = (seed ^ Math.imul(stream + 1, 0x9e37_79b9)) >>> 0
  const splitmix = (): number => {
    mix = (mix + 0x9e37_79b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0_aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a_2d97)
    return (z ^ (z >>> 15)) | 0
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let counter = 1
  const nextUint32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) nextUint32()
  const next = (): number => nextUint32() / 4_294_967_296
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}
