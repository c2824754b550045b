/** Tables of text, aligned whatever colours their cells have. */
import { visibleWidth } from './plain-text.ts'

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** Lines without a trailing break; `title` draws the head's cells. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  title: (text: string) => string = (text) => text,
): string[] {
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...rows.map((row) => visibleWidth(row[i] ?? ''))),
  )
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cell, widths[i]!, columns[i]!.align))
      .join('  ')
      .trimEnd()
  return [lineOf(columns.map((column) => (column.title === '' ? '' : title(column.title)))), ...rows.map(lineOf)]
}

function pad(cell: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - visibleWidth(cell)))
  return align === 'right' ? space + cell : cell + space
}
