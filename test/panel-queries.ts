/** The queries of the dashboards, as Grafana would send them: its variables filled in, its shapes told apart. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'

export interface PanelQuery {
  /** `sale.json` */
  readonly file: string
  /** Of a variable or an annotation: what it is. */
  readonly panel: string
  readonly legend: string
  readonly expression: string
  readonly isInstant: boolean
}

export interface Chosen {
  /** Patterns, as a choice of several is one. */
  readonly runs: string
  readonly strategies: string
  /** What is shown, seconds. */
  readonly rangeSeconds: number
}

/** A scrape a second: Grafana takes four of them at least. */
const RATE_INTERVAL = '5s'

/** Every query of panels and annotations. */
export function panelQueries(files: Readonly<Record<string, string>>): PanelQuery[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const { panels = [], annotations } = JSON.parse(text) as Dashboard
    const steps = (annotations.list ?? []).flatMap(({ name, expr }) =>
      expr === undefined ? [] : [{ file, panel: `annotation ${name}`, legend: '', expression: expr, isInstant: false }],
    )
    return [...steps, ...panels.flatMap((panel) => (panel.type === 'row' ? [] : queriesOf(file, panel as Panel)))]
  })
}

function queriesOf(file: string, { title = '', targets = [] }: Panel): PanelQuery[] {
  return (targets as unknown as readonly { expr: string; legendFormat: string; instant?: boolean }[]).map(
    ({ expr, legendFormat, instant = false }) => ({
      file,
      panel: title,
      legend: legendFormat,
      expression: expr,
      isInstant: instant,
    }),
  )
}

/** With what Grafana puts in place of its variables. */
export function filledIn(expression: string, { runs, strategies, rangeSeconds }: Chosen): string {
  const values = {
    $__rate_interval: RATE_INTERVAL,
    $__range: `${rangeSeconds}s`,
    $job: '.+',
    $instance: '.+',
    $run: runs,
    $strategy: strategies,
    $scenario: '.+',
  }
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), expression)
}

/** `label_values(METRIC, LABEL)` of the dashboards' variables: what is asked for, and the label of it. */
export function variableQueries(text: string): { readonly metric: string; readonly label: string }[] {
  const { templating } = JSON.parse(text) as Dashboard
  return (templating.list ?? []).flatMap(({ query }) => {
    const parts = /^label_values\((.+), (\w+)\)$/.exec(typeof query === 'string' ? query : '')
    return parts === null ? [] : [{ metric: parts[1]!, label: parts[2]! }]
  })
}
