import { describe, expect, it } from 'vitest'
import { GatedStores } from './gated-stores.ts'
import { scriptedStore } from './testing/scripted-store.ts'

describe('gates of a race that has ended', () => {
  it('are not opened any more: nobody would close them', async () => {
    const stores = new GatedStores()
    await stores[Symbol.asyncDispose]()
    await expect(scriptedStore(stores)).rejects.toThrow('the race ended while its gates were opened')
  })
})
