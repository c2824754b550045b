/** What target and stores have used so far, so that the difference of two readings is what a step used. */
import type { ResourceFigures } from '../core/run-record.ts'
import { resourcesOfTree } from '../services/index.ts'
import type { StartedServices } from '../services/service.ts'
import type { StartedTarget } from './target-process.ts'

export interface UseReading {
  /** A consumer that could not be read is missing. */
  readonly resources: Readonly<Record<string, ResourceFigures>>
}

export async function readUse(target: StartedTarget, services: StartedServices): Promise<UseReading> {
  const [stats, postgres, redis] = await Promise.all([
    target.admin.stats(),
    services.postgres?.resources() ?? null,
    services.redis?.resources() ?? null,
  ])
  return {
    resources: {
      ...(stats && {
        target: {
          cpuSeconds: stats.cpuSeconds,
          maxRssBytes: stats.maxRssBytes,
          eventLoopDelayMs: stats.eventLoopDelayMs,
        },
      }),
      ...(postgres && { postgres }),
      ...(redis && { redis }),
    },
  }
}

/**
 * The same of a step that is on, from outside: to ask the server would cost it a request, and begin the figures of its
 * event loop anew.
 */
export async function lookAtUse(target: StartedTarget, services: StartedServices): Promise<UseReading['resources']> {
  const [postgres, redis] = await Promise.all([
    services.postgres?.resources() ?? null,
    services.redis?.resources() ?? null,
  ])
  const server = resourcesOfTree(target.pid)
  return { ...(server && { target: server }), ...(postgres && { postgres }), ...(redis && { redis }) }
}

/** CPU seconds between the readings; memory and event-loop delay as the later one has them. */
export function resourcesBetween(before: UseReading, after: UseReading): UseReading['resources'] {
  const between: Record<string, ResourceFigures> = {}
  for (const [consumer, late] of Object.entries(after.resources)) {
    const early = before.resources[consumer]
    if (early) between[consumer] = { ...late, cpuSeconds: Math.max(0, late.cpuSeconds - early.cpuSeconds) }
  }
  return between
}
