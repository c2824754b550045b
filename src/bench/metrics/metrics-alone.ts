/** The counting by itself, as a process of its own: `src` knows nothing of the targets' code. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compiledModuleUrl } from '../../core/compiled.ts'

const CHILD_PATH = fileURLToPath(compiledModuleUrl(import.meta.url, '../../../targets/bench/metrics-alone.ts'))
const DEADLINE_MS = 120_000

/** As targets/bench/metrics-alone.ts prints them; CPU. */
export interface CountingFigures {
  readonly perBuyUs: number
  readonly perScrapeMs: number
}

export function measureCounting(): CountingFigures {
  const printed = execFileSync(process.execPath, [CHILD_PATH], { encoding: 'utf8', timeout: DEADLINE_MS })
  return JSON.parse(printed) as CountingFigures
}
