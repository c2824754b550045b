/** The one list of strategies. */
import type { Catalogue } from '../../src/core/catalogue.ts'
import { articleLiteral } from './article-literal.ts'
import { atomicUpdate } from './atomic-update.ts'
import { doubleDelete } from './double-delete/index.ts'
import { mutex } from './mutex.ts'
import { naive } from './naive.ts'
import { redisLua } from './redis-lua/index.ts'
import type { Strategy } from './strategy.ts'

export const STRATEGIES: readonly Strategy[] = [naive, mutex, atomicUpdate, redisLua, doubleDelete, articleLiteral]

export function catalogue(): Catalogue {
  return { schema: 'doorbuster.catalogue/1', strategies: STRATEGIES.map((strategy) => strategy.description) }
}
