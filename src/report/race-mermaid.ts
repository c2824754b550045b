/**
 * An order of store calls as a sequence diagram of Mermaid, which GitHub and GitLab draw. Whatever comes from a store or a
 * server is text there: nothing of it ends a line, begins a comment or is markup. Pure.
 */
import type { WrongOrder } from '../core/race-record.ts'
import type { Mood, Sequence, SequenceMoment } from './model/page.ts'
import { sequenceOf } from './model/race-sequence.ts'
import { plain, wrap } from './plain-text.ts'
import { shortened } from './race-order.ts'

/** A lane is as far from the next as the longest text between them: longer ones would push them off the page. */
const LONGEST_TEXT = 64
const NOTE_COLUMNS = 60
/** Behind the note that says why it is wrong; it shows on white and on black. */
const RED = 'rgba(220, 38, 38, 0.35)'

/** The lines of a `mermaid` block, without its fences. */
export function mermaidSequence(order: WrongOrder): string {
  const sequence = sequenceOf(order, '')
  return [
    'sequenceDiagram',
    ...sequence.lanes.map(({ name, kind }, index) => {
      const sort = kind === 'actor' ? 'actor' : 'participant'
      return `  ${sort} ${idOf(index)} as ${mermaidText(name)}`
    }),
    ...sequence.moments.flatMap((moment) => linesOf(moment, sequence)),
  ].join('\n')
}

/** No name of ours, so that none is a word of the language. */
function idOf(lane: number): string {
  return `L${lane + 1}`
}

function linesOf(moment: SequenceMoment, { lanes }: Sequence): string[] {
  if (moment.kind === 'message') {
    const { number, from, to, text, isReply } = moment
    const counted = number === null ? text : `${number}. ${text}`
    return [
      `  ${idOf(from)}${isReply ? '-->>' : '->>'}${idOf(to)}: ${mermaidText(shortened(plainLine(counted), LONGEST_TEXT))}`,
    ]
  }
  const { lane, text, mood } = moment
  const over = lane === null ? wholeWidth(lanes.length) : idOf(lane)
  return framed(`  Note over ${over}: ${noteText(text)}`, mood)
}

function wholeWidth(lanes: number): string {
  return lanes < 2 ? idOf(0) : `${idOf(0)},${idOf(lanes - 1)}`
}

/** A note has no colour of its own. */
function framed(note: string, mood: Mood): string[] {
  return mood === 'bad' ? [`  rect ${RED}`, note, '  end'] : [note]
}

/** Broken between words, by the one tag that the language has for it. */
function noteText(text: string): string {
  return wrap(plainLine(text), NOTE_COLUMNS, '').map(mermaidText).join('<br/>')
}

function plainLine(text: string): string {
  return plain(text, Number.MAX_SAFE_INTEGER).trim()
}

/**
 * What the language, its entities, its directives, its formulas or HTML would take for theirs: `;` ends a line, `#` begins
 * an entity, a colon may follow a keyword, `%%` begins a comment, `$$` a formula (`$1` none).
 */
const TAKEN = /[#;:"'`<>&%\\{}]|\$(?=\$)|(?<=\$)\$|\p{Cs}/gu

/** As a text of a message, a note or a name; never empty, since an empty one is an error. */
export function mermaidText(text: string): string {
  const line = plainLine(text)
  return line === '' ? '-' : line.replaceAll(TAKEN, (character) => entityOf(character))
}

/** Half a surrogate pair is no character. */
function entityOf(character: string): string {
  if (/\p{Cs}/u.test(character)) return '#65533;'
  return `#${character.codePointAt(0)};`
}
