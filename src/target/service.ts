/**
 * A described service in the run's hands: started by it, or running already, and ended as its descriptor says. Whoever
 * starts one says how, in start-command.ts and start-image.ts.
 */
import type { ResourceFigures } from '../core/run-record.ts'

export interface StartedService extends AsyncDisposable {
  /** null: the run didn't start it, or it is in a container. */
  readonly pid: number | null
  /** CPU and memory of its process tree since it started; null where they can't be read. */
  resources(): ResourceFigures | null
  /** Whether what was started has ended by itself. */
  hasEnded(): boolean
  /** What it last wrote, without secrets. */
  lastWords(): string
  /**
   * Ends it as a crash does: SIGKILL to its whole process group, and nobody is asked before. Nothing is left for the
   * disposal to do then. Of what the run didn't start nothing is ended.
   */
  kill(): Promise<void>
}

/** A process that the next start ends, should this one die without doing so. */
interface OwnedProcess {
  started(pid: number): void
  ended(): void
}

export interface ServiceContext {
  readonly runId: string
  /** Writes down what is about to be started. */
  readonly own: (intent: {
    readonly program: string
    readonly marker: string
    readonly stopSignal?: NodeJS.Signals
  }) => OwnedProcess
  /** Of the tree under this process; null where it can't be read. */
  readonly resourcesOf: (pid: number) => ResourceFigures | null
  readonly signal?: AbortSignal
}
