import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadDescriptor } from '../descriptor/index.ts'
import { descriptorText } from '../descriptor/testing/descriptors.ts'
import { buildScenario } from '../scenario/testing/build-scenario.ts'
import { type ComparisonTerms, refuseUnfitComparison } from './compare-fit.ts'
import { contestantsOf } from './contestants.ts'

const OPEN = '[{path: /sales, json: {stock: "{{stock}}"}}]'
const folder = mkdtempSync(join(tmpdir(), 'doorbuster-compare-fit-'))
afterAll(() => rmSync(folder, { recursive: true }))

function refused(lines: Record<string, string | null>, terms: Partial<ComparisonTerms> & { engines?: 2 } = {}) {
  const { descriptor } = loadDescriptor(descriptorText(lines), 'mine.yaml', folder)
  const choice = { kind: 'service', descriptor, permittedHosts: [] } as const
  const contestants = contestantsOf([{ choice, broughtAlong: false }], {
    engines: terms.engines === 2 ? ['open', 'autocannon'] : ['open'],
    instances: [1],
    synchronousCommit: ['on'],
    appendfsync: ['everysec'],
  })
  const scenario = buildScenario({ buyers: { readShare: 0, population: 100, bots: { users: 3, share: 0.5 } } })
  return refuseUnfitComparison({ contestants, scenario, sellThroughs: [1, 0.01], repeat: 3, env: {}, ...terms })
}

describe('before the first run of a comparison', () => {
  it('nothing is said against a service that opens its sales and may be asked', async () => {
    await expect(refused({ open: OPEN, stock: null })).resolves.toBeUndefined()
  })

  it('a service is refused that is to get less than the scenario asks for', async () => {
    await expect(refused({ open: OPEN, stock: null, maxRate: '1' })).rejects.toThrow(/mine is to get 1\/s at most/)
  })

  it('a service is refused that nobody may test', async () => {
    await expect(refused({ open: OPEN, stock: null, url: 'http://203.0.113.1' })).rejects.toThrow(
      /needs the permission of whoever runs it/,
    )
  })

  it('a pool is refused that is too small, or can not be read, or would be of too few logins', async () => {
    writeFileSync(join(folder, 'three.csv'), 'userId\na\nb\nc\n')
    const pool = (buyers: string) => refused({ open: OPEN, stock: null, buyers })
    await expect(pool('{pool: {csv: three.csv}}')).rejects.toThrow(/3 bots, and the pool only 3 buyers/)
    await expect(pool('{pool: {csv: none.csv}}')).rejects.toThrow(/none\.csv.*can't be read/)
    const login = '{pool: {login: {count: 2, path: /login, take: {token: /token}}}}'
    await expect(pool(login)).rejects.toThrow(/3 bots, and the pool only 2 buyers/)
  })

  it('a service that can not be found is left to its own runs', async () => {
    await expect(refused({ open: OPEN, stock: null, url: 'http://nobody.invalid' })).resolves.toBeUndefined()
  })

  it('a service is refused that has one sale and would run more than once', async () => {
    await expect(refused({})).rejects.toThrow(/mine would run 6 times, and nothing opens a sale on it/)
    await expect(refused({}, { repeat: 1 })).rejects.toThrow(/would run 2 times/)
    await expect(refused({}, { repeat: 1, sellThroughs: [1], engines: 2 })).rejects.toThrow(/would run 2 times/)
    await expect(refused({}, { repeat: 1, sellThroughs: [null] })).resolves.toBeUndefined()
  })

  it('a service that each run starts anew may have one sale a run', async () => {
    await expect(refused({ start: '{command: ./serve}' })).resolves.toBeUndefined()
  })
})
