/**
 * The lists of docs/dashboards.md, between their markers: panels by dashboard, and alerts. Made of the files that
 * Grafana and Prometheus load, so that the document can't say anything else. Pure.
 */
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { parse } from 'yaml'

interface Sources {
  /** Name of the file -> JSON. */
  readonly dashboards: Readonly<Record<string, string>>
  /** YAML of the alert rules. */
  readonly alerts: string
}

interface AlertRule {
  readonly alert: string
  readonly for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly description: string; readonly action: string }
}

/** The document with both lists made anew. */
export function withLists(document: string, { dashboards, alerts }: Sources): string {
  const panels = Object.values(dashboards).map((text) => panelList(JSON.parse(text) as Dashboard))
  return replaced(replaced(document, 'panels', panels.join('\n\n')), 'alerts', alertList(alerts))
}

function replaced(document: string, name: string, list: string): string {
  const [begin, end] = [`<!-- ${name}: made by \`npm run grafana\` -->`, `<!-- end of ${name} -->`]
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/dashboards.md lacks the markers of ${name}`)
  return `${document.slice(0, from)}${begin}\n${list}\n${document.slice(to)}`
}

function panelList({ title, description, panels = [] }: Dashboard): string {
  const rows = panels.map((panel) => (isRow(panel) ? `| **${panel.title}** | |` : rowOf(panel)))
  return [
    `### ${title}`,
    '',
    description,
    '',
    '| panel | what it shows, and what to do |',
    '| --- | --- |',
    ...rows,
  ].join('\n')
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row'
}

function rowOf({ title, description }: Panel): string {
  return `| ${title} | ${description} |`
}

function alertList(alerts: string): string {
  const { groups } = parse(alerts) as { groups: readonly { readonly rules: readonly AlertRule[] }[] }
  const rows = groups.flatMap(({ rules }) => rules).map(rowOfAlert)
  return ['| alert | severity | for | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function rowOfAlert({ alert, labels, annotations, for: duration = '0s' }: AlertRule): string {
  return `| \`${alert}\` | ${labels.severity} | ${duration} | ${annotations.action} |`
}
