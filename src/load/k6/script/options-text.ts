/** The options of a script: scenarios of k6, one a step, and its thresholds. */
import { VARIABLES } from './environment-names.ts'
import { objectText } from './object-text.ts'
import { COUNTS, countOf, gracefulStopMs, scenarioName, type ScriptParts, type WarmUp } from './script-parts.ts'
import { quoted } from './template-text.ts'

const WARM_UP = 'warm_up'

export function optionsText({ steps, maxInFlight, timeoutMs, protocol, outcomes }: ScriptParts): string {
  const gracefulStop = `${gracefulStopMs(timeoutMs, protocol.buyers)}ms`
  const warmUp = outcomes.to === 'history' ? outcomes.warmUp : null
  const ofSteps = Object.fromEntries(
    steps.map(({ index, executor, startTime }) => [
      scenarioName(index),
      {
        ...executor,
        ...(startTime !== null && { startTime }),
        ...(warmUp !== null && { startTime: `${warmUp.lengthMs}ms` }),
        exec: 'buyer',
        env: { [VARIABLES.step]: String(index + 1) },
        preAllocatedVUs: maxInFlight,
        maxVUs: maxInFlight,
        gracefulStop,
      },
    ]),
  )
  const scenarios = { ...(warmUp !== null && { [WARM_UP]: warmUpOptions(warmUp, maxInFlight) }), ...ofSteps }
  const lines = [`  scenarios: ${objectText(scenarios, '  ')},`, `  setupTimeout: '10m',`]
  if (protocol.takesAnyCertificate) lines.push('  insecureSkipTLSVerify: true,')
  if (protocol.hasClientCertificate) {
    lines.push(`  tlsAuth: [{ cert: open(__ENV.${VARIABLES.tlsCertificate}), key: open(__ENV.${VARIABLES.tlsKey}) }],`)
  }
  // No conditions: they make k6 count a step apart from its warm-up.
  if (outcomes.to === 'history') {
    const counts = steps.flatMap(({ index }) => COUNTS.map((name) => `    ${quoted(countOf(name, index))}: [],\n`))
    lines.push(`  thresholds: {\n${counts.join('')}  },`)
  } else {
    lines.push(
      `  summaryTrendStats: ['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],`,
      `  thresholds: {\n${outcomes.thresholds.map((line) => `    ${line}\n`).join('')}  },`,
    )
  }
  return `export const options = {\n${lines.join('\n')}\n}`
}

function warmUpOptions({ lengthMs }: WarmUp, vus: number) {
  return {
    executor: 'per-vu-iterations',
    vus,
    iterations: 1,
    maxDuration: `${lengthMs}ms`,
    gracefulStop: '0s',
    exec: 'warmUp',
  }
}
