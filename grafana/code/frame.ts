/**
 * What every dashboard has around its panels: the variables to choose by, the steps as annotations, links to the others,
 * and numbers of its panels that stay what they are while none is put in between.
 */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { MetricName } from '../../src/core/metric-table.ts'
import { DATA_SOURCE } from './panels.ts'
import { series } from './series.ts'

export interface Section {
  readonly title: string
  readonly panels: readonly Builder<Panel>[]
}

interface Frame {
  readonly uid: string
  readonly title: string
  readonly description: string
  /** Several runs at once, or one. */
  readonly runs: 'one' | 'several'
  readonly sections: readonly Section[]
}

const TAG = 'doorbuster'
/** Of runs and of watches: the one gauge that both have from the start. */
const SHOWN_BY_ALL = 'doorbuster_verdict' satisfies MetricName

export function dashboard({ uid, title, description, runs, sections }: Frame): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Doorbuster')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    )
    .variables([dataSource(), ...choices(runs)])
    .annotation(steps())
  for (const section of sections) {
    builder.withRow(new RowBuilder(section.title))
    for (const panel of section.panels) builder.withPanel(panel)
  }
  return numbered(builder.build())
}

/** From 1, rows and panels alike. */
function numbered(built: Dashboard): Dashboard {
  return { ...built, panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) }
}

function dataSource(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus')
}

function choices(runs: 'one' | 'several'): QueryVariableBuilder[] {
  const from = (matchers: string, label: string): string => `label_values(${SHOWN_BY_ALL}${matchers}, ${label})`
  const run = choice('run', 'Run', from('{scenario=~"$scenario", strategy=~"$strategy"}', 'run'))
    // Runs begin with their time: the newest is first.
    .sort(VariableSort.AlphabeticalDesc)
  return [
    ofAll(choice('scenario', 'Scenario', from('', 'scenario'))),
    ofAll(choice('strategy', 'Strategy', from('{scenario=~"$scenario"}', 'strategy'))),
    runs === 'several' ? ofAll(run) : run,
    ofAll(choice('job', 'Job', 'label_values({run=~"$run"}, job)')),
    ofAll(choice('instance', 'Instance', 'label_values({run=~"$run", job=~"$job"}, instance)')),
  ]
}

function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}

function ofAll(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
}

/** Each step as a span of time: Grafana joins the samples of one series that follow one another. */
function steps(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Steps')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('blue')
    .expr(`count_values by (run, strategy) ("step", ${series('doorbuster_step')} > 0)`)
    .step('1s')
    .titleFormat('Step {{step}}')
    .textFormat('{{strategy}}, {{run}}')
}
