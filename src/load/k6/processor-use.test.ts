import { describe, expect, it } from 'vitest'
import { ProcessorUse, starvedShareOf, type UseOfStep } from './processor-use.ts'

/** Ten seconds of two processors that were all in use. */
const USED_UP: UseOfStep = { busyMs: 20_000, allMs: 20_000, cpuSeconds: 1, waitedSeconds: 4, turns: 2_000 }

describe('busy VUs on a machine without a processor left', () => {
  it('may have waited for k6, where k6 used a third of it', () => {
    const use = { ...USED_UP, cpuSeconds: 12, waitedSeconds: 0 }
    expect(starvedShareOf(use, 80)).toBe(0.6)
    expect(starvedShareOf({ ...use, allMs: 40_000 }, 80)).toBeNull()
    expect(starvedShareOf({ ...use, cpuSeconds: 6 }, 80)).toBeNull()
  })

  it('may have waited for k6, where others kept k6 waiting for a good part of each request', () => {
    expect(starvedShareOf(USED_UP, 20)).toBe(0.05)
    expect(starvedShareOf({ ...USED_UP, waitedSeconds: 0.5 }, 20)).toBeNull()
  })

  it('waited for the target, where requests took so long that k6’s waiting made no difference', () => {
    expect(starvedShareOf(USED_UP, 1_000)).toBeNull()
  })

  it('may have waited for k6, where no request is known', () => {
    expect(starvedShareOf(USED_UP, Number.NaN)).toBe(0.05)
    expect(starvedShareOf({ ...USED_UP, waitedSeconds: 0, cpuSeconds: 0 }, Number.NaN)).toBeNull()
  })
})

describe('what a process used', () => {
  it.runIf(process.platform === 'linux')('begins anew with the step: its warm-up belongs to none', () => {
    const use = new ProcessorUse([process.pid])
    let spun = 0
    while (use.figures().cpuSeconds === 0 && spun < 1e5) {
      for (let i = 0; i < 1e5; i++) spun += 1e-5
      use.look()
    }
    expect(use.figures().cpuSeconds).toBeGreaterThan(0)
    use.beginAnew()
    expect(use.figures().cpuSeconds).toBe(0)
  })
})
