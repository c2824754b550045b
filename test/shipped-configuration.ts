/** The configurations of grafana/ as they are shipped, but for addresses: those of a test are its own. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../grafana/', import.meta.url)

interface Addresses {
  /** Port of `run --metrics-port`. */
  readonly metricsPort: number
  /** `127.0.0.1:40123` */
  readonly alertmanager?: string
}

/** prometheus.yml; its rules are found from wherever it stands. */
export function prometheusConfiguration({ metricsPort, alertmanager }: Addresses): string {
  const rules = fileURLToPath(new URL('prometheus/rules/', folder))
  const text = readFileSync(new URL('prometheus/prometheus.yml', folder), 'utf8')
  const ours = withReplaced(withReplaced(text, '127.0.0.1:9464', `127.0.0.1:${metricsPort}`), '- rules/', `- ${rules}`)
  return alertmanager === undefined ? ours : withReplaced(ours, '127.0.0.1:9093', alertmanager)
}

/** alertmanager.yml, its receiver told by `url`. */
export function alertmanagerConfiguration(url: string): string {
  const text = readFileSync(new URL('alertmanager/alertmanager.yml', folder), 'utf8')
  return withReplaced(text, '\n  - name: sale\n', `\n  - name: sale\n    webhook_configs: [{url: '${url}'}]\n`)
}

function withReplaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`the shipped configuration lacks ${JSON.stringify(part)}`)
  return text.replaceAll(part, by)
}
