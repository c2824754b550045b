/**
 * Panels as all dashboards draw them. Each needs a title, a description that says what to do when it looks bad, and a
 * unit. Widths are in Grafana's 24 columns, heights in its rows of 30 pixels.
 */
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'

export const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const

interface Query {
  readonly expression: string
  /** With `{{label}}`. */
  readonly legend: string
}

interface Appearance {
  readonly title: string
  /** What it shows, and what to do when it looks bad. */
  readonly description: string
  /** Grafana's name of it: `s`, `reqps`, `bytes`, `locale` (a count with its thousands apart). */
  readonly unit: string
  readonly queries: readonly Query[]
  readonly width: number
  readonly height?: number
}

/** Colour by name of the series, as a pattern. */
type Colours = Readonly<Record<string, string>>

interface OverTime extends Appearance {
  readonly colours?: Colours
  readonly stacked?: boolean
  /** The axis goes as low as the values; else it begins at 0. */
  readonly belowZero?: boolean
}

/** From the value on; the first is `null`: from the lowest. */
export const BAD_ABOVE_ZERO: readonly Threshold[] = [
  { value: null, color: 'green' },
  { value: 1, color: 'red' },
]
export const DOUBTFUL_ABOVE_ZERO: readonly Threshold[] = [
  { value: null, color: 'green' },
  { value: 1, color: 'orange' },
]
const PLAIN: readonly Threshold[] = [{ value: null, color: 'blue' }]

const STAT_HEIGHT = 4
const HEIGHT = 8

export function overTime(appearance: OverTime): TimeSeries {
  const { title, description, unit, queries, width, height = HEIGHT, colours = {} } = appearance
  const { stacked = false, belowZero = false } = appearance
  const panel = new TimeSeries().title(title).description(description).datasource(DATA_SOURCE).unit(unit)
  if (!belowZero) panel.min(0)
  panel
    .span(width)
    .height(height)
    .fillOpacity(stacked ? 30 : 5)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(queries.map((query, index) => rangeQuery(query, index)))
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  for (const [pattern, colour] of Object.entries(colours)) panel.overrideByRegexp(pattern, [fixedColour(colour)])
  return panel
}

interface BigNumber extends Appearance {
  readonly thresholds?: readonly Threshold[]
  /** In place of "No data". */
  readonly whenThereIsNone?: string
  /** Shows the legend instead of the number: for a state that is a label. */
  readonly named?: boolean
  readonly colours?: Colours
}

export function bigNumber(appearance: BigNumber): Stat {
  const { title, description, unit, queries, width, height = STAT_HEIGHT } = appearance
  const { thresholds = PLAIN, named = false, colours = {} } = appearance
  const panel = new Stat()
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .span(width)
    .height(height)
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(named ? BigValueTextMode.Name : BigValueTextMode.Auto)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(absolute(thresholds))
    .noValue(appearance.whenThereIsNone ?? 'none so far')
    .targets(queries.map((query, index) => instantQuery(query, index)))
  for (const [pattern, colour] of Object.entries(colours)) panel.overrideByRegexp(pattern, [fixedColour(colour)])
  return panel
}

interface Bars extends Appearance {
  readonly thresholds?: readonly Threshold[]
}

export function bars(appearance: Bars): BarGauge {
  const { title, description, unit, queries, width, height = HEIGHT, thresholds = PLAIN } = appearance
  return new BarGauge()
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .min(0)
    .span(width)
    .height(height)
    .displayMode(BarGaugeDisplayMode.Gradient)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(absolute(thresholds))
    .targets(queries.map((query, index) => instantQuery(query, index)))
}

interface Column extends Query {
  /** Heading of the column; `legend` isn't shown in tables. */
  readonly legend: string
  readonly unit?: string
  readonly thresholds?: readonly Threshold[]
}

interface Rows extends Omit<Appearance, 'queries'> {
  readonly columns: readonly Column[]
  /** Labels that make a row; shown first, in this order. */
  readonly rows: readonly string[]
  /** Labels that are shown by their colours: `fail` red. */
  readonly colours?: Colours
  /** Hides the columns of numbers: where the labels say it all. */
  readonly labelsOnly?: boolean
}

/** One row for each set of labels, one column for each query. */
export function table(appearance: Rows): Table {
  const { title, description, unit, columns, rows, width, height = HEIGHT, colours = {} } = appearance
  const panel = new Table()
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .span(width)
    .height(height)
    .targets(columns.map((column, index) => instantQuery(column, index).format(PromQueryFormat.Table)))
    .transformations(joined(columns, rows, appearance.labelsOnly ?? false))
  if (Object.keys(colours).length > 0) panel.mappings([valuesInColour(colours)])
  for (const { legend, unit: own, thresholds } of columns) {
    const properties: DynamicConfigValue[] = [
      ...(own === undefined ? [] : [{ id: 'unit', value: own }]),
      ...(thresholds === undefined ? [] : [inColour(thresholds), COLOURED_CELL]),
    ]
    if (properties.length > 0) panel.overrideByName(legend, properties)
  }
  if (Object.keys(colours).length > 0) panel.overrideByRegexp('verdict', [COLOURED_CELL])
  return panel
}

const COLOURED_CELL: DynamicConfigValue = { id: 'custom.cellOptions', value: { type: 'color-background' } }

function inColour(thresholds: readonly Threshold[]): DynamicConfigValue {
  return { id: 'thresholds', value: { mode: 'absolute', steps: thresholds } }
}

function joined(columns: readonly Column[], rows: readonly string[], labelsOnly: boolean): DataTransformerConfig[] {
  const names = columns.map(({ legend }, index) => [columns.length === 1 ? 'Value' : `Value #${refId(index)}`, legend])
  const values = names.map(([value]) => value!)
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...(labelsOnly ? values : [])].map((name) => [name, true])),
        indexByName: Object.fromEntries([...rows, ...values].map((name, index) => [name, index])),
        renameByName: Object.fromEntries(names),
      },
    },
  ]
}

function valuesInColour(colours: Colours) {
  return {
    type: 'value',
    options: Object.fromEntries(Object.entries(colours).map(([text, color]) => [text, { text, color }])),
  } as Parameters<Table['mappings']>[0][number]
}

function rangeQuery(query: Query, index: number): DataqueryBuilder {
  return dataquery(query, index).range()
}

function instantQuery(query: Query, index: number): DataqueryBuilder {
  return dataquery(query, index).instant()
}

function dataquery({ expression, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(DATA_SOURCE).expr(expression).legendFormat(legend)
}

/** A, B, C: what Grafana calls the queries of a panel. */
function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index)
}

function absolute(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps])
}

function fixedColour(colour: string): DynamicConfigValue {
  return { id: 'color', value: new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(colour).build() }
}
