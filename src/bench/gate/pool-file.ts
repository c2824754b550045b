/** The pool that is shipped: src/bench/gate/pool/visits.json, below the package's own folder. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Pool } from './pool.ts'

export const POOL_FILE = fileURLToPath(new URL('../../../../src/bench/gate/pool/visits.json', import.meta.url))

export async function readPool(file: string): Promise<Pool> {
  return JSON.parse(await readFile(file, 'utf8')) as Pool
}

/** A block a line, so that a difference can be read. */
export async function writePool(file: string, { blocks, ...head }: Pool): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const lines = blocks.map((block) => JSON.stringify(block)).join(',\n')
  await writeFile(`${file}.new`, `${JSON.stringify(head).slice(0, -1)},"blocks":[\n${lines}\n]}\n`)
  await rename(`${file}.new`, file)
}
