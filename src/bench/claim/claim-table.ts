/** What became of 12,800 requests a second by design and by stock, as a table for the documentation. Pure. */
import { type RunRecord, targetName } from '../../core/run-record.ts'
import { formatCount, formatMs } from '../../core/units.ts'
import { leadingFailure } from '../../report/index.ts'
import { markdownTable } from '../document.ts'

/** Rows in the order of `strategies`, a column for each of `scenarios`; a run that is missing is a dash. */
export function renderClaim(
  runs: readonly RunRecord[],
  { strategies, scenarios }: { readonly strategies: readonly string[]; readonly scenarios: readonly string[] },
): string {
  const rows = strategies.map((strategy) => [
    `[\`${strategy}\`](strategies/${strategy}.md)`,
    ...scenarios.map((name) => {
      const run = runs.find(({ target, scenario }) => targetName(target) === strategy && scenario.name === name)
      return run === undefined ? '-' : cellOf(run)
    }),
  ])
  return markdownTable(['design', ...scenarios.map((name) => `\`${name}\``)], rows)
}

function cellOf({ steps, checks, verdict }: RunRecord): string {
  const { achievedRatePerSec, offeredRatePerSec, responseMs, resources, completed } = steps[0]!
  const carried = achievedRatePerSec >= 0.99 * (offeredRatePerSec ?? 0)
  const rate = `${formatCount(Math.round(achievedRatePerSec))}/s`
  const cpuUs = (['target', 'postgres', 'redis'] as const)
    .map((who) => ((resources[who]?.cpuSeconds ?? 0) / completed) * 1e6)
    .reduce((sum, us) => sum + us, 0)
  const failure = leadingFailure(checks)
  return [
    carried ? rate : `only ${rate}`,
    `mean ${responseMs.mean === null ? '-' : formatMs(responseMs.mean)}`,
    `${cpuUs.toFixed(0)} us CPU`,
    failure === undefined
      ? verdict === 'passed'
        ? 'right: **holds**'
        : 'right'
      : `**wrong**: ${failure.check}${failure.measured === null ? '' : ` (${formatCount(failure.measured)} ${failure.unit})`}`,
  ].join('<br>')
}
