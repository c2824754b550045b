/** The whole set-up, in its order. Says in a line each what it did, and nothing where there was nothing to do. */
import { ROOT, prepareClone } from './clone.js'
import { EXIT_ENVIRONMENT, SetUpFailure, printFailure } from './failure.js'
import { prepareRedis } from './redis.js'

/**
 * @param {{redis: 'no' | 'want' | 'insist' | 'own', yes: boolean}} needs `yes`: what would be asked is answered
 * @returns {Promise<number>} exit code; 0 when everything is ready
 */
export async function setUp({ redis, yes }) {
  if (process.env.DOORBUSTER_SKIP_SET_UP) return 0
  try {
    await prepareClone(ROOT)
    if (redis !== 'no') await prepareRedis(ROOT, { insist: redis !== 'want', own: redis === 'own', yes })
    return 0
  } catch (error) {
    if (!(error instanceof SetUpFailure)) throw error
    printFailure(error)
    return EXIT_ENVIRONMENT
  }
}
