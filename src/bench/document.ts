/** What a bench measured, put into the documentation between two marks: `<!-- NAME -->` and `<!-- end of NAME -->`. */
import { readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import type { RunEnvironment } from '../core/run-record.ts'

const BENCHMARKS = 'docs/benchmarks.md'

/** Prints what was measured; with `write` puts it into the page of benchmarks as well, with the machine and the day. */
export async function publish(name: string, text: string, { write }: { readonly write: boolean }): Promise<void> {
  process.stdout.write(`${text.trimEnd()}\n`)
  if (!write) return
  const machine = `${os.availableParallelism()} x ${os.cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`
  const day = new Date().toISOString().slice(0, 10)
  await writeBlock(BENCHMARKS, name, `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n\n${machine}; ${day}\n`)
}

/** Throws where the document has no such marks. `path` is below the package's own folder. */
export async function writeBlock(path: string, name: string, text: string): Promise<void> {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url))
  await writeFile(file, withBlock(await readFile(file, 'utf8'), name, text))
}

/** Pure. */
export function withBlock(document: string, name: string, text: string): string {
  const [before, after] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const start = document.indexOf(before)
  const end = document.indexOf(after)
  if (start === -1 || end < start) throw new Error(`the document has no marks "${name}"`)
  return document.slice(0, start + before.length) + text.trimEnd() + '\n' + document.slice(end)
}

/** "2 x Intel Xeon, Node v20.20.2, PostgreSQL 15.5, Redis 7.0.15; 2026-11-21": figures are nothing without it. */
export function machineLine({ cores, cpuModel, node, services }: RunEnvironment, at: Date): string {
  const { postgres, redis } = services
  const stores = [postgres && `PostgreSQL ${postgres.version}`, redis && `Redis ${redis.version}`].filter(Boolean)
  return `${[`${cores} x ${cpuModel.trim()}`, `Node ${node}`, ...stores].join(', ')}; ${at.toISOString().slice(0, 10)}`
}

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
