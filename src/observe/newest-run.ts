/** Which run of a results folder is the one to look at: the one told of last, and from then on each that begins. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export class NewestRun {
  readonly #root: string
  readonly #liveFile: string
  #known: ReadonlySet<string> = new Set()

  /** `liveFile`: name of the file in a run's folder to which its telemetry is appended. */
  constructor(root: string, liveFile: string) {
    this.#root = root
    this.#liveFile = liveFile
  }

  /** Its folder, when it is another than the last time this was asked; null otherwise. */
  async next(): Promise<string | null> {
    const runs = await this.#runs()
    const fresh = runs.filter(({ name }) => !this.#known.has(name))
    this.#known = new Set(runs.map(({ name }) => name))
    const newest = fresh.sort((a, b) => b.toldAtMs - a.toldAtMs || (a.name < b.name ? 1 : -1))[0]
    return newest === undefined ? null : join(this.#root, newest.name)
  }

  async #runs(): Promise<{ readonly name: string; readonly toldAtMs: number }[]> {
    const names = await readdir(this.#root).catch(() => [])
    const runs: { name: string; toldAtMs: number }[] = []
    for (const name of names) {
      const toldAtMs = await modifiedAt(join(this.#root, name, this.#liveFile))
      if (toldAtMs !== null) runs.push({ name, toldAtMs })
    }
    return runs
  }
}

async function modifiedAt(path: string): Promise<number | null> {
  return await stat(path).then(
    (entry) => entry.mtimeMs,
    () => null,
  )
}
