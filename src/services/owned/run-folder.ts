/**
 * The folder of one run that has services: what it started stands in its owner file, what it stores stands beside it.
 * Disposed last, when every server of the run is gone. Should this process end without that (an uncaught error), what
 * can be done at once is done as it exits; a kill leaves it to the next start.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OwnedProcess, ProcessIntent, ProcessOwner } from '../service.ts'
import { endProcess } from './end-process.ts'
import {
  type ContainerEntry,
  emptyOwnerFile,
  type ForeignEntry,
  type OwnerFile,
  type ProcessEntry,
  removeRunFolder,
  writeOwnerFile,
} from './owner-file.ts'
import { identityOf, isAlive, presentScope } from './process-identity.ts'
import { runsFolder } from '../folders.ts'
import { HarnessError } from '../../core/errors.ts'

export class RunFolder implements ProcessOwner, AsyncDisposable {
  readonly path: string
  readonly #content: OwnerFile
  readonly #onExit = () => this.#leaveAtOnce()
  #nextKey = 0

  private constructor(path: string, content: OwnerFile) {
    this.path = path
    this.#content = content
  }

  static make(runId: string): RunFolder {
    const owner = identityOf(process.pid)
    if (!owner) throw new HarnessError('BUG', { message: 'this process cannot read when it started' })
    const path = join(runsFolder(), randomBytes(4).toString('hex'))
    const folder = new RunFolder(path, emptyOwnerFile({ runId, owner, scope: presentScope() }))
    folder.#write()
    process.once('exit', folder.#onExit)
    return folder
  }

  /** A folder inside that others may pass through, but not list. */
  subfolder(name: string): string {
    const path = join(this.path, name)
    mkdirSync(path, { mode: 0o711 })
    chmodSync(path, 0o711)
    return path
  }

  own(intent: ProcessIntent): OwnedProcess {
    const key = String(this.#nextKey++)
    const entry: ProcessEntry = {
      program: intent.program,
      marker: intent.marker,
      stopSignal: checkedSignal(intent.stopSignal),
      identity: null,
    }
    this.#setProcess(key, entry)
    return {
      started: (pid) => this.#setProcess(key, { ...entry, identity: identityOf(pid) }),
      ended: () => this.#forgetProcess(key),
    }
  }

  /** Returns what takes the note away again. */
  ownForeign(entry: ForeignEntry): () => void {
    return this.#note(this.#content.foreign, entry)
  }

  /** To be called before the container is made. Returns what takes the note away again. */
  ownContainer(entry: ContainerEntry): () => void {
    return this.#note(this.#content.containers, entry)
  }

  #note<Entry>(entries: Entry[], entry: Entry): () => void {
    entries.push(entry)
    this.#write()
    return () => {
      entries.splice(entries.indexOf(entry), 1)
      this.#write()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.removeListener('exit', this.#onExit)
    for (const { identity, stopSignal } of Object.values(this.#content.processes)) {
      if (identity) await endProcess(identity, stopSignal)
    }
    // What could not be removed elsewhere stays written down, for the next start.
    if (this.#leavesNothingElsewhere()) removeRunFolder(this.path)
  }

  /** No schema, no key, no container. */
  #leavesNothingElsewhere(): boolean {
    return this.#content.foreign.length === 0 && this.#content.containers.length === 0
  }

  #setProcess(key: string, entry: ProcessEntry): void {
    this.#content.processes[key] = entry
    this.#write()
  }

  #forgetProcess(key: string): void {
    delete this.#content.processes[key]
    this.#write()
  }

  #write(): void {
    writeOwnerFile(this.path, this.#content)
  }

  #leaveAtOnce(): void {
    try {
      for (const { identity, stopSignal } of Object.values(this.#content.processes)) {
        if (identity && isAlive(identity)) process.kill(identity.pid, stopSignal)
      }
      if (this.#leavesNothingElsewhere()) removeRunFolder(this.path)
    } catch {
      // A dying server still writes there, say: the next start removes what is left.
    }
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'] as const

function checkedSignal(signal: NodeJS.Signals | undefined): ProcessEntry['stopSignal'] {
  return STOP_SIGNALS.find((known) => known === signal) ?? 'SIGTERM'
}
