/**
 * A chart as ECharts takes it. Colours are variables of the page's style, so that one drawing is right in light and in
 * dark. Nothing moves and nothing answers to a pointer: it is a picture.
 */
import type { Axis, Chart, Mark, Series } from '../model/page.ts'
import { printable } from './escape.ts'
import { appearanceOf, fillOf, strokeOf } from './looks.ts'
import { type Scale, scaleOfX, scaleOfY } from './scales.ts'

export interface Room {
  readonly width: number
  readonly height: number
  /** Labels are short, and fewer. */
  readonly isNarrow: boolean
}

const FONT_SIZE = 12
const LONGEST_LABEL = 40

export function chartOption(chart: Chart, room: Room): object {
  const isBars = chart.series.some(({ draw }) => draw === 'bars')
  const y = scaleOfY(chart)
  return {
    animation: false,
    textStyle: { fontSize: FONT_SIZE },
    grid: { left: 4, right: 26, top: 22, bottom: 22, containLabel: true },
    xAxis: isBars ? categories(chart.x) : valueAxis(chart.x, scaleOfX(chart), room, true),
    yAxis: valueAxis(chart.y, y, room, false),
    series: chart.series.map((series, index) => ({
      ...seriesOption(series, chart, isBars),
      ...(index === 0 && marksOption(chart.marks, room)),
    })),
  }
}

const QUIET = 'var(--quiet)'
const RULE = 'var(--rule)'

function valueAxis(axis: Axis, { min, max, interval }: Scale, { isNarrow }: Room, isX: boolean): object {
  const ticks = isNarrow ? everyOther(axis.ticks) : axis.ticks
  return {
    type: axis.scale === 'log' ? 'log' : 'value',
    min,
    max,
    ...(interval !== null && { interval }),
    ...(isX && {
      name: axis.label,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: QUIET, fontSize: 11 },
    }),
    axisLine: { show: isX, onZero: false, lineStyle: { color: QUIET } },
    axisTick: { show: isX, lineStyle: { color: QUIET }, ...(ticks && { customValues: ticks }) },
    axisLabel: {
      color: QUIET,
      fontSize: FONT_SIZE,
      hideOverlap: true,
      formatter: axis.format,
      ...(ticks && { customValues: ticks }),
    },
    splitLine: { show: !isX, lineStyle: { color: RULE } },
    minorTick: { show: false },
  }
}

const MOST_TICKS_WHERE_NARROW = 5

function everyOther(ticks: readonly number[] | undefined): readonly number[] | undefined {
  if (ticks === undefined || ticks.length <= MOST_TICKS_WHERE_NARROW) return ticks
  return ticks.filter((_, index) => index % 2 === 0)
}

function categories({ label, ticks = [], format }: Axis): object {
  return {
    type: 'category',
    data: ticks.map((tick) => printable(format(tick), LONGEST_LABEL)),
    name: label,
    nameLocation: 'middle',
    nameGap: 26,
    nameTextStyle: { color: QUIET, fontSize: 11 },
    axisLine: { lineStyle: { color: QUIET } },
    axisTick: { show: false },
    axisLabel: { color: QUIET, fontSize: FONT_SIZE },
  }
}

function seriesOption({ look, draw, points, name }: Series, { y, x }: Chart, isBars: boolean): object {
  const { dashes, symbol } = appearanceOf(look)
  const isDrawable = (value: number | null): boolean => value !== null && (y.scale === 'linear' || value > 0)
  const valueOf = (value: number | null): number | string => (isDrawable(value) ? rounded(value!) : '-')
  const data = isBars
    ? (x.ticks ?? []).map((tick) => valueOf(points.find((point) => point.x === tick)?.y ?? null))
    : points.map((point) => [rounded(point.x), valueOf(point.y)])
  const common = { name, data, silent: true, emphasis: { disabled: true } }
  const itemStyle = { color: strokeOf(look) }
  const lineStyle = { color: strokeOf(look), width: 2, type: dashes.length === 0 ? 'solid' : dashes }
  switch (draw) {
    case 'bars':
      return { ...common, type: 'bar', stack: 'all', barMaxWidth: 46, itemStyle: { color: fillOf(look) } }
    case 'stack':
      return {
        ...common,
        type: 'line',
        stack: 'all',
        symbol: 'none',
        lineStyle: { color: 'var(--card)', width: 0.75 },
        areaStyle: { color: fillOf(look), opacity: 1 },
      }
    case 'dots':
      return { ...common, type: 'scatter', symbol, symbolSize: points.length > 60 ? 4 : 9, itemStyle }
    case 'steps':
      return { ...common, type: 'line', step: 'end', symbol: 'none', itemStyle, lineStyle }
    case 'line': {
      const isSparse = points.length <= 16
      return { ...common, type: 'line', symbol: isSparse ? symbol : 'none', symbolSize: 7, itemStyle, lineStyle }
    }
  }
}

/** Five digits are finer than a picture. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}

const MARK_COLORS: Readonly<Record<Mark['mood'], string>> = {
  good: 'var(--good)',
  bad: 'var(--bad)',
  doubtful: 'var(--doubt)',
  plain: 'var(--quiet)',
}

function marksOption(marks: readonly Mark[], { isNarrow }: Room): object {
  const lines = marks.filter(({ until }) => until === undefined)
  const bands = marks.filter(({ until }) => until !== undefined)
  const label = ({ label, brief, mood }: Mark): object => ({
    formatter: printable(isNarrow ? (brief ?? label) : label, LONGEST_LABEL),
    color: MARK_COLORS[mood],
    textBorderColor: 'var(--card)',
    textBorderWidth: 3,
    fontSize: 11,
  })
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: lines.map((mark) => ({
        [`${mark.axis}Axis`]: mark.at,
        lineStyle: {
          color: MARK_COLORS[mark.mood],
          width: mark.mood === 'plain' ? 1 : 1.5,
          type: mark.axis === 'x' ? [1, 3] : [5, 3],
        },
        label: { position: labelPosition(mark), ...label(mark) },
      })),
    },
    markArea: {
      silent: true,
      animation: false,
      itemStyle: { color: 'var(--doubt-back)' },
      data: bands.map((mark) => [
        {
          [`${mark.axis}Axis`]: mark.at,
          label: { position: 'top', distance: 3, ...label(mark) },
          ...(mark.mood === 'plain' && { itemStyle: { color: 'var(--code)' } }),
        },
        { [`${mark.axis}Axis`]: mark.until },
      ]),
    },
  }
}

function labelPosition({ axis, labelAt }: Mark): string {
  if (axis === 'x') return 'end'
  return labelAt === 'end' ? 'insideEndTop' : 'insideStartTop'
}
