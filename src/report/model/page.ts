/**
 * What a report says, in order, before anything is drawn. Texts may come from anywhere: whoever draws them escapes them.
 * Charts hold figures and nothing of how they look but a name for it.
 */
import type { OutcomeKind } from '../../core/operation.ts'

/** How something is to be taken; always said in words, too. */
export type Mood = 'good' | 'bad' | 'doubtful' | 'plain'

export interface Page {
  readonly title: string
  /** What was put to the test, small, above the verdict. */
  readonly kicker: string
  readonly banner: Banner
  readonly sections: readonly Section[]
  /** Who made the page, and of what. */
  readonly colophon: string
}

export interface Banner {
  readonly mood: Mood
  /** In capitals. */
  readonly word: string
  readonly rest: string
  /** A line each, under it. */
  readonly circumstances: readonly string[]
}

export interface Section {
  /** Names it within the page. */
  readonly id: string
  readonly title: string
  /** What it shows, in a sentence or two; '' where its blocks say so. */
  readonly lead: string
  readonly blocks: readonly Block[]
}

export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly mood: Mood }
  | { readonly kind: 'advice'; readonly items: readonly Advice[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'proof'; readonly proof: Proof }
  | { readonly kind: 'intervals'; readonly intervals: IntervalChart }
  | { readonly kind: 'sequence'; readonly sequence: Sequence }
  | { readonly kind: 'commands'; readonly commands: readonly Command[] }
  | { readonly kind: 'folded'; readonly summary: string; readonly blocks: readonly Block[] }

export interface Advice {
  /** What was found. */
  readonly finding: string
  /** What that usually comes of. */
  readonly cause: string
  readonly actions: readonly string[]
  readonly mood: Mood
}

export interface Command {
  readonly label: string
  readonly text: string
}

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

export interface Table {
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** How many more there are that aren't shown, in words; '' for none. */
  readonly more: string
}

export interface Row {
  readonly cells: readonly string[]
  readonly mood: Mood
}

/** Its colour, and what tells it apart without colour. */
export type Look = OutcomeKind | `line-${0 | 1 | 2 | 3 | 4 | 5}`

export interface Chart {
  readonly title: string
  /** What it shows, for whoever sees it and for whoever doesn't. */
  readonly sentence: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  readonly marks: readonly Mark[]
  /** The same figures. */
  readonly table: Table
}

export interface Axis {
  readonly label: string
  readonly scale: 'linear' | 'log'
  readonly format: (value: number) => string
  readonly min?: number
  readonly max?: number
  /** Where it is labelled; absent: at round values. */
  readonly ticks?: readonly number[]
}

export interface Series {
  readonly name: string
  readonly look: Look
  /** `stack` and `bars` lie on those before them; `dots` are not joined. */
  readonly draw: 'line' | 'steps' | 'stack' | 'bars' | 'dots'
  /** x rising; a hole where y is null. */
  readonly points: readonly Point[]
}

export interface Point {
  readonly x: number
  readonly y: number | null
}

/** A line across the chart, or a band of it. */
export interface Mark {
  readonly axis: 'x' | 'y'
  readonly at: number
  /** A band up to here; absent: a line. */
  readonly until?: number
  readonly label: string
  /** Where there is little room; absent: the label. */
  readonly brief?: string
  /** Where the label of a level line stands: those of two lines that may be near each other apart. Absent: at its start. */
  readonly labelAt?: 'start' | 'end'
  readonly mood: Mood
}

/** A stretch of history: what overlaps was on at once. */
export interface Proof {
  readonly sentences: readonly string[]
  /** How long the stretch is, ms. */
  readonly lengthMs: number
  readonly lanes: readonly Lane[]
  /** '' where all of it is shown. */
  readonly more: string
}

export interface Lane {
  readonly who: string
  readonly what: string
  readonly outcome: string
  readonly kind: OutcomeKind
  /** ms since the first of the stretch was sent; null: it never left. */
  readonly fromMs: number | null
  /** null: it was never answered, or nobody knows when it took effect. */
  readonly untilMs: number | null
}

/** Figures with their intervals, one under the other on one scale. */
export interface IntervalChart {
  readonly title: string
  readonly sentence: string
  /** Of the scale, which may begin above zero; of changes it begins below it, and zero is marked in its middle. */
  readonly from: number
  readonly until: number
  /** Of figures, and of the ends of the scale. */
  readonly format: (value: number) => string
  readonly formatEnd: (value: number) => string
  readonly rows: readonly IntervalRow[]
  /** What is allowed; null: nothing is said. `at` null: each row has its own. */
  readonly limit: { readonly at: number | null; readonly label: string } | null
}

export interface IntervalRow {
  readonly name: string
  readonly mood: Mood
  /** null: not measured. */
  readonly figure: { readonly median: number; readonly low: number; readonly high: number } | null
  /** In place of the chart's limit; absent: that. */
  readonly limit?: number
}

/** Who spoke to whom, in the order in which they did. */
export interface Sequence {
  readonly title: string
  /** What it shows, for whoever sees it and for whoever doesn't. */
  readonly sentence: string
  readonly lanes: readonly SequenceLane[]
  readonly moments: readonly SequenceMoment[]
}

export interface SequenceLane {
  readonly name: string
  readonly kind: 'actor' | 'store'
}

export type SequenceMoment =
  | {
      readonly kind: 'message'
      /** null: it has none, as a reply. */
      readonly number: number | null
      /** Indexes of lanes. */
      readonly from: number
      readonly to: number
      readonly text: string
      /** Stands behind it; '' for nothing. */
      readonly detail: string
      readonly isReply: boolean
    }
  /** `lane` null: it is about all of them. */
  | { readonly kind: 'note'; readonly lane: number | null; readonly text: string; readonly mood: Mood }

export function row(cells: readonly string[], mood: Mood = 'plain'): Row {
  return { cells, mood }
}

/** Titles with a leading `>` stand to the right. */
export function columns(...titles: readonly string[]): Column[] {
  return titles.map((title) =>
    title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title, align: 'left' },
  )
}

export function tableBlock(
  caption: string,
  titles: readonly string[],
  rows: readonly Row[],
  more = '',
): { readonly kind: 'table'; readonly table: Table } {
  return { kind: 'table', table: { caption, columns: columns(...titles), rows, more } }
}

export function text(words: string, mood: Mood = 'plain'): Extract<Block, { kind: 'text' }> {
  return { kind: 'text', text: words, mood }
}

/** null: there are none. */
export function listSection(id: string, title: string, lines: readonly string[]): Section | null {
  return lines.length === 0 ? null : { id, title, lead: '', blocks: lines.map((line) => text(line)) }
}
