/**
 * Strategies called directly, without HTTP: started by `npm run bench:strategies` as a process of its own, so that its
 * CPU is that of the strategy. Stores come in the environment, as a server gets them; the role is the first argument.
 *
 * - `peers`: makes tables and functions, and prints what the peers of the bench are to run.
 * - `run STRATEGY IN_FLIGHT DURATION_MS SKUS`: sells in a closed loop, and prints the figures.
 */
import { TARGET_ENV } from '../../src/core/wire.ts'
import { prepareSchema } from '../storage/schema.ts'
import { STRATEGIES } from '../strategies/index.ts'
import { SILENT_METER } from '../strategies/meter.ts'
import { AS_LONG_AS_IT_SAYS } from '../strategies/pause.ts'
import type { Stores } from '../strategies/strategy.ts'
import { runClosedLoop, type Seller } from './closed-loop.ts'
import { peerTexts } from './peer-texts.ts'
import { startScriptAlone } from './script-alone.ts'

/** No strategy by itself. */
const SCRIPT_ALONE = 'redis-lua-without-drain'

const env = process.env
const stores: Stores = {
  postgres: {
    url: env[TARGET_ENV.databaseUrl]!,
    schema: env[TARGET_ENV.databaseSchema]!,
    synchronousCommit: env[TARGET_ENV.synchronousCommit] === 'off' ? 'off' : 'on',
  },
  redis:
    env[TARGET_ENV.redisUrl] === undefined
      ? null
      : { url: env[TARGET_ENV.redisUrl]!, keyPrefix: env[TARGET_ENV.redisKeyPrefix]! },
}

const [role, name, inFlight, durationMs, skus] = process.argv.slice(2)
if (role === 'peers') {
  await prepareSchema(
    stores.postgres!,
    STRATEGIES.flatMap(({ functions }) => functions),
  )
  process.stdout.write(JSON.stringify(peerTexts(stores.redis?.keyPrefix ?? '')))
} else {
  if (role !== 'run') throw new Error(`no such role: ${role}`)
  const load = { inFlight: Number(inFlight), durationMs: Number(durationMs), skus: Number(skus) }
  process.stdout.write(JSON.stringify(await runClosedLoop(await start(name!), load)))
}

function start(name: string): Promise<Seller> {
  const context = { stores, instances: 1, meter: SILENT_METER, span: AS_LONG_AS_IT_SAYS }
  if (name === SCRIPT_ALONE) return startScriptAlone(context)
  const strategy = STRATEGIES.find(({ description }) => description.name === name)
  if (strategy === undefined) throw new Error(`no such strategy: ${name}`)
  return strategy.start(context)
}
