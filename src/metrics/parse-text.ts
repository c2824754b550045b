/**
 * Reads Prometheus' classic text format, as our own server writes it. Strict: what it doesn't know is an error with its
 * line, since a sample that is misread is worse than none. Pure.
 */
import type { Labels, MetricSample } from './metric-family.ts'

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

/** Throws Error. */
export function parseMetrics(text: string): MetricSample[] {
  const samples: MetricSample[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue
    const sample = parseSample(line)
    if (sample === null) throw new Error(`line ${index + 1} is no sample: ${line.slice(0, 200)}`)
    samples.push(sample)
  }
  return samples
}

function parseSample(line: string): MetricSample | null {
  const [, name, within, number] = SAMPLE.exec(line) ?? []
  if (name === undefined || number === undefined) return null
  const labels = parseLabels(within ?? '')
  const value = parseValue(number)
  return labels === null || value === null ? null : { name, labels, value }
}

function parseLabels(text: string): Labels | null {
  const labels: Record<string, string> = {}
  let at = 0
  while (at < text.length) {
    LABEL.lastIndex = at
    const [whole, name, value] = LABEL.exec(text) ?? []
    if (whole === undefined || name === undefined || value === undefined || Object.hasOwn(labels, name)) return null
    labels[name] = value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
    at += whole.length
  }
  return labels
}

function parseValue(text: string): number | null {
  switch (text) {
    case '+Inf':
      return Number.POSITIVE_INFINITY
    case '-Inf':
      return Number.NEGATIVE_INFINITY
    case 'NaN':
    case 'Nan':
      return Number.NaN
    default:
      return /^[+-]?(\d|\.\d)/.test(text) && Number.isFinite(Number(text)) ? Number(text) : null
  }
}
