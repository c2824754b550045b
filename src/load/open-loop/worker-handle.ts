/** A worker thread of the open-loop engine, as the engine holds it. */
import { Worker } from 'node:worker_threads'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { ThreadHandle } from '../thread-handle.ts'
import type { WorkerCommand, WorkerData, WorkerReply } from './worker-messages.ts'

export class WorkerHandle extends ThreadHandle<WorkerCommand, WorkerReply> {
  constructor(data: WorkerData) {
    const worker = new Worker(compiledModuleUrl(import.meta.url, './worker.ts'), {
      workerData: data,
      transferList: data.ticks === null ? [] : [data.ticks],
      name: `load-${data.index + 1}`,
    })
    super(worker, { do: 'close' })
  }

  /** Sends nothing more; the reply to `go` comes the sooner. */
  stop(): void {
    this.tell({ do: 'stop' })
  }
}
