/** Brings a described service to life as its descriptor says, and says how it is ended. */
import type { TargetAccess } from '../core/target-access.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import type { ServiceContext, StartedService } from './service.ts'
import { commandOf, runStop, startCommand } from './start-command.ts'
import { startImage } from './start-image.ts'

/**
 * Returns when it is ready. One that the descriptor doesn't start is taken to run; only its `stop` is left to do.
 * Throws HarnessError TARGET_FAILED, TARGET_TIMEOUT or SERVICE_UNAVAILABLE (no container engine); leaves nothing then.
 */
export async function startService(
  { start, stop, folder }: Pick<TargetDescriptor, 'start' | 'stop' | 'folder'>,
  access: TargetAccess,
  context: ServiceContext,
): Promise<StartedService> {
  switch (start?.by) {
    case 'command':
      return await startCommand(commandOf(start, stop), folder, access, context)
    case 'image':
      return await startImage(start, stop, folder, access, context)
    case undefined:
      return {
        pid: null,
        resources: () => null,
        hasEnded: () => false,
        lastWords: () => '',
        kill: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => (stop === null ? Promise.resolve() : runStop(stop, access)),
      }
  }
}
