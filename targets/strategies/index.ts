/**
 * The lists of strategies: those that sell, with the three classic wrong ones among them, and the small controls that
 * are there for one check each. The server knows both.
 */
import type { Catalogue } from '../../src/core/catalogue.ts'
import { articleLiteral } from './article-literal.ts'
import { atomicUpdate } from './atomic-update.ts'
import { batched } from './batched/index.ts'
import { CONTROLS } from './controls/index.ts'
import { doubleDelete } from './double-delete/index.ts'
import { mutex } from './mutex.ts'
import { naive } from './naive.ts'
import { optimistic } from './optimistic/index.ts'
import { optimisticInDatabase } from './optimistic/in-database.ts'
import { pessimistic } from './pessimistic.ts'
import { redisLua } from './redis-lua/index.ts'
import type { Strategy } from './strategy.ts'

export const STRATEGIES: readonly Strategy[] = [
  naive,
  mutex,
  pessimistic,
  optimistic,
  optimisticInDatabase,
  atomicUpdate,
  batched,
  redisLua,
  doubleDelete,
  articleLiteral,
]

/** All that the server can be started with. */
export const KNOWN_STRATEGIES: readonly Strategy[] = [...STRATEGIES, ...CONTROLS]

export function catalogue(strategies: readonly Strategy[] = KNOWN_STRATEGIES): Catalogue {
  return { schema: 'doorbuster.catalogue/1', strategies: strategies.map((strategy) => strategy.description) }
}
