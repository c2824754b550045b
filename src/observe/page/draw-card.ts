/** Draws a card: title, chart, table. */
import type { Card, Row, Table } from './card.ts'
import { element, type PageElement } from './dom.ts'
import { drawnChart } from './draw-chart.ts'

export function drawnCard({ title, note, chart, table, empty }: Card): PageElement[] {
  const isEmpty = chart === null && table === null
  return [
    element('h2', {}, [title, element('small', {}, [note])]),
    ...(chart === null ? [] : drawnChart(chart)),
    ...(table === null ? [] : drawnTable(table)),
    ...(isEmpty ? [element('p', { class: 'empty' }, [empty])] : []),
  ]
}

function drawnTable({ columns, rows, more }: Table): PageElement[] {
  const head =
    columns.length === 0
      ? []
      : [
          element('thead', {}, [
            element(
              'tr',
              {},
              columns.map((name) => element('th', { scope: 'col' }, [name])),
            ),
          ]),
        ]
  const kind = columns.length === 0 ? 'list' : 'numbers'
  return [
    element('table', { class: kind }, [...head, element('tbody', {}, rows.map(drawnRow))]),
    ...(more === '' ? [] : [element('p', { class: 'more' }, [more])]),
  ]
}

function drawnRow({ cells, mood }: Row): PageElement {
  return element(
    'tr',
    { class: mood },
    cells.map((cell) => element('td', {}, [cell])),
  )
}
