/**
 * Puts a k6 script together: one for a run of the harness, that hands its history back, or one that a person runs and
 * edits without it. Both send the same requests and judge answers by the same lines of code. Pure: text in, text out.
 */
import { historyText } from './history-text.ts'
import { iterationText } from './iteration-text.ts'
import { metricsText } from './metrics-text.ts'
import { objectText } from './object-text.ts'
import { optionsText } from './options-text.ts'
import { DESCRIBED_WORDS, evaluatorText, REFERENCE_WORDS } from './outcome-text.ts'
import { requestsText } from './requests-text.ts'
import { rowsText } from './rows-text.ts'
import { protocolRulesText } from './rules-text.ts'
import type { ScriptParts } from './script-parts.ts'
import { quoted } from './template-text.ts'

export function k6Script(parts: ScriptParts): string {
  return `${[
    heading(parts),
    settings(parts),
    optionsText(parts),
    rowsText(parts),
    requestsText(parts.protocol),
    `// What answers mean.\n\n${protocolRulesText(parts.protocol)}\n\n${evaluatorText(parts.protocol.isReference ? REFERENCE_WORDS : DESCRIBED_WORDS)}`,
    parts.outcomes.to === 'history' ? historyText(parts) : metricsText(parts.outcomes.setup),
    iterationText(parts),
  ].join('\n\n')}\n`
}

function heading({ heading: lines, outcomes, protocol, steps }: ScriptParts): string {
  const warms = outcomes.to === 'history' && outcomes.warmUp !== null
  const needsSleep = protocol.buyers.poll !== null || warms
  const metrics = outcomes.to === 'metrics' ? [`import { Counter, Rate, Trend } from 'k6/metrics'`] : []
  const k6 = needsSleep ? [`import { sleep } from 'k6'`] : []
  const needsData = steps.length > 0 ? [`import { SharedArray } from 'k6/data'`] : []
  return [
    ...lines.map((line) => (line === '' ? '//' : `// ${line}`)),
    ...k6,
    ...needsData,
    `import exec from 'k6/execution'`,
    `import http from 'k6/http'`,
    ...metrics,
  ].join('\n')
}

function settings({ targetUrl, timeoutMs, rows }: ScriptParts): string {
  const lines = [
    rows.from === 'file'
      ? `const BASE_URL = ${quoted(targetUrl.replace(/\/+$/, ''))}`
      : `const BASE_URL = (__ENV.BASE_URL || ${quoted(targetUrl)}).replace(/\\/+$/, '')`,
    '// A request without an answer for so long is given up, ms.',
    `const TIMEOUT_MS = ${timeoutMs}`,
  ]
  if (rows.from === 'planner') {
    const { seed, buyers, skus } = rows
    const { population, quantities, doubleClickShare, readShare, bots } = buyers
    lines.push(
      '// The same seed gives the same buyers.',
      `const SEED = ${seed}`,
      `const BUYERS = ${objectText({ population, quantities, doubleClickShare, readShare, bots })}`,
      `const SKUS = ${skus === null ? 'null' : `{ count: ${skus.names.length}, skew: ${skus.skew} }`}`,
    )
  }
  return lines.join('\n')
}
