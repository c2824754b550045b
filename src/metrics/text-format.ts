/**
 * Metrics as the text that Prometheus reads: its classic format, or OpenMetrics where it is asked for. Pure.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { MetricFamily, MetricSample } from './metric-family.ts'

export const CLASSIC_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const OPEN_METRICS_CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** `accept`: the header. OpenMetrics where it is named at all: who knows it prefers it. */
export function render(families: readonly MetricFamily[], accept: string): { contentType: string; body: string } {
  const isOpen = /application\/openmetrics-text/i.test(accept)
  return isOpen
    ? { contentType: OPEN_METRICS_CONTENT_TYPE, body: `${families.map(renderOpen).join('')}# EOF\n` }
    : { contentType: CLASSIC_CONTENT_TYPE, body: families.map((family) => renderAs(family, family.name)).join('') }
}

/** A family of counters is named without the suffix there, its samples with it. */
function renderOpen(family: MetricFamily): string {
  return renderAs(family, family.type === 'counter' ? family.name.replace(/_total$/, '') : family.name)
}

function renderAs({ help, type, samples }: MetricFamily, name: string): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${samples.map(renderSample).join('')}`
}

function renderSample({ name, labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${renderValue(value)}\n`
}

function renderValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`)
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
}
