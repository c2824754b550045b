/**
 * Scripts that went through a gate, by their digests: a script is called by one, which tells people nothing. Of one store,
 * since it keeps scripts for all of its connections.
 */
import { createHash } from 'node:crypto'
import { shortLine } from './short-line.ts'

const MAX_LABEL = 40
/** Far more than a shop has. A server that writes values into its scripts makes a new one of each: the oldest are forgotten. */
const MAX_SCRIPTS = 1_000

export class RedisScripts {
  readonly #labels = new Map<string, string>()

  /** Its digest, as Redis forms it. */
  learn(script: Buffer): string {
    const digest = createHash('sha1').update(script).digest('hex')
    this.#labels.delete(digest)
    this.#labels.set(digest, labelOf(script.toString()))
    if (this.#labels.size > MAX_SCRIPTS) this.#labels.delete(this.#labels.keys().next().value!)
    return digest
  }

  /** What people may know it by; null: it was not seen. */
  labelOf(digest: string): string | null {
    return this.#labels.get(digest.toLowerCase()) ?? null
  }
}

/** So much of a digest is shown. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 8).toLowerCase()
}

/** The first line of comment that says something, else the beginning of the script. */
function labelOf(script: string): string {
  const comment = /^[^\S\n]*--[-[\]=]*[^\S\n]*(\S.*)$/m.exec(script)?.[1]
  return comment === undefined ? shortLine(script, MAX_LABEL) : `-- ${shortLine(comment, MAX_LABEL)}`
}
