/** Removes a container that a dead run left. */
import type { ContainerRemover } from '../owned/sweep.ts'
import type { Environment } from '../service.ts'
import { removeContainer } from './container.ts'
import { connectEngine } from './engine.ts'

/** Only in the engine that made it: another may have one of that name too. */
export function containerRemover(env: Environment): ContainerRemover {
  return async (entry) => {
    try {
      const engine = await connectEngine(env)
      if (engine.id !== entry.engineId) return false
      await removeContainer(engine, entry)
      return true
    } catch {
      return false
    }
  }
}
