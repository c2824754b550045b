/**
 * `npm run bench:compare`: compares all strategies at 12,800 requests a second, at both ends of a sale; with `--write` puts
 * the page that the comparison leaves into docs/which-strategy.md. Most of an hour. `--from DIR` writes that of a
 * comparison that was made already, and runs nothing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeBlock } from '../document.ts'

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    out: { type: 'string', default: `results/which-strategy-${Date.now()}` },
    write: { type: 'boolean', default: false },
  },
})

const PAGE = 'compare.md'

const folder = values.from ?? values.out
if (values.from === undefined) process.exitCode = compareAll(folder)
const page = join(folder, PAGE)
if (!existsSync(page)) {
  process.stderr.write(`there is no ${PAGE} in ${folder}\n`)
  process.exitCode = 2
} else if (values.write) {
  await writeBlock('docs/which-strategy.md', 'comparison', pageBelow(await readFile(page, 'utf8')))
}

/** As anybody calls it. Gives its exit code. */
function compareAll(out: string): number {
  const command = fileURLToPath(new URL('../../../../bin/doorbuster.js', import.meta.url))
  const given = ['compare', 'scenarios/flat-12800.yaml', '--strategies', 'all', '--out', out]
  return spawnSync(process.execPath, [command, ...given], { stdio: 'inherit' }).status ?? 1
}

/** Its headings stand one level below those of the document. */
function pageBelow(markdown: string): string {
  return markdown.replaceAll(/^#/gm, '##')
}
