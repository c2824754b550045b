/** What a card of the page says, before anything is drawn. Texts may come from anywhere: they are shown as they are. */

/** How it is to be taken; always said in words, too. */
export type Mood = 'good' | 'bad' | 'doubtful' | 'plain'

export interface Card {
  /** Names it on the page; its title may change. */
  readonly id: string
  readonly title: string
  /** What the figures are of, small. */
  readonly note: string
  readonly chart: Chart | null
  readonly table: Table | null
  /** In place of what isn't there yet. */
  readonly empty: string
}

export interface Chart {
  /** For whoever can't see it. */
  readonly description: string
  readonly lines: readonly Line[]
  /** Values that matter, such as zero units, or the longest time allowed. */
  readonly marks: readonly Mark[]
  readonly scale: 'linear' | 'log'
  readonly format: (value: number) => string
  /** How long it goes, the same for all charts. */
  readonly seconds: number
  /** Seconds since the first look at which a step began. */
  readonly steps: readonly number[]
}

export interface Line {
  readonly name: string
  /** What it is now. */
  readonly value: string
  /** From left to right; a hole where there is no value. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[]
}

export interface Mark {
  readonly y: number
  readonly label: string
}

export interface Table {
  /** Empty for a list that explains itself. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** How many more there are that aren't shown, in words; '' for none. */
  readonly more: string
}

export interface Row {
  readonly cells: readonly string[]
  readonly mood: Mood
}

export function row(cells: readonly string[], mood: Mood = 'plain'): Row {
  return { cells, mood }
}

/** The first of them, and in words how many more there are. */
export function tableOf(columns: readonly string[], rows: readonly Row[], most: number): Table | null {
  if (rows.length === 0) return null
  const left = rows.length - most
  return { columns, rows: rows.slice(0, most), more: left > 0 ? `and ${left} more` : '' }
}
