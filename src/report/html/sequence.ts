/**
 * Draws who spoke to whom: a lane each, time downwards, an arrow for each call and a dashed one for its reply. Drawn twice,
 * for a screen and for a phone, since the same picture made smaller could not be read. All of it stands in a table, too.
 */
import type { Sequence, SequenceLane, SequenceMoment } from '../model/page.ts'
import { wrap } from '../plain-text.ts'
import { shortCall, shortened } from '../race-order.ts'
import { escaped, printable } from './escape.ts'

interface Room {
  readonly name: 'wide' | 'narrow'
  readonly width: number
  readonly fontSize: number
  /** Mean advance of a character in the fonts of the page. */
  readonly characterWidth: number
}

const ROOMS: readonly Room[] = [
  { name: 'wide', width: 800, fontSize: 12.5, characterWidth: 6.8 },
  { name: 'narrow', width: 340, fontSize: 11, characterWidth: 6 },
]

const EDGE = 6
const HEAD_GAP = 14
/** Between the head of a lane and that of the next. */
const LANE_GAP = 4
const MESSAGE_HEIGHT = 36
const NOTE_GAP = 8
const LINE_HEIGHT = 16
const PADDING = 7
const ARROW = 7
/** A bold text is so much wider. */
const BOLD = 1.12

/** `id`: unique in the page. */
export function drawnSequence(sequence: Sequence, id: string): string {
  const drawings = ROOMS.map((room) => drawing(sequence, room, `${id}-${room.name}`)).join('')
  return `<figure class="drawn"><figcaption><h3>${escaped(sequence.title)}</h3></figcaption>
${drawings}
</figure>`
}

function drawing(sequence: Sequence, room: Room, id: string): string {
  const placed = placedMoments(sequence, room)
  const height = placed.height + EDGE
  const label = `<title id="${id}-title">${escaped(sequence.title)}</title><desc id="${id}-desc">${escaped(sequence.sentence)}. The table below has the same step by step.</desc>`
  const heads = headsOf(sequence, room)
  const lanes = heads.lanes.map((head, index) => drawnLane(head, laneX(index, sequence, room), height, heads))
  return `<svg class="chart sequence ${room.name}" viewBox="0 0 ${room.width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc" font-size="${room.fontSize}">${label}${lanes.join('')}${placed.drawn.join('')}</svg>`
}

function laneX(lane: number, { lanes }: Sequence, { width }: Room): number {
  return Math.round(((lane + 0.5) / lanes.length) * width)
}

interface Head extends Pick<SequenceLane, 'kind'> {
  readonly lines: readonly string[]
  readonly width: number
}

interface Heads {
  readonly lanes: readonly Head[]
  readonly height: number
  readonly fontSize: number
}

/** Of a name that is no word of ours. */
const LONGEST_WORD = 12

/** Names are broken between words where lanes are narrow, and smaller where a word would be too wide for its lane. */
function headsOf({ lanes }: Sequence, room: Room): Heads {
  const widest = (room.width - 2 * EDGE) / lanes.length - LANE_GAP
  const padding = Math.min(PADDING, widest / 12)
  const names = lanes.map(({ name }) => printable(name))
  const longest = Math.max(1, ...names.flatMap((name) => name.split(' ').map(({ length }) => length)))
  const word = Math.min(LONGEST_WORD, longest)
  const scale = Math.min(1, (widest - 2 * padding) / (word * room.characterWidth * BOLD))
  const characterWidth = room.characterWidth * scale * BOLD
  const most = Math.max(word, Math.floor((widest - 2 * padding) / characterWidth))
  const heads = lanes.map(({ kind }, index): Head => {
    const lines = wrap(names[index]!, most, '').map((line) => shortened(line, most))
    const text = Math.max(...lines.map(({ length }) => length)) * characterWidth
    return { kind, lines, width: Math.round(text + 2 * padding) }
  })
  const rows = Math.max(...heads.map(({ lines }) => lines.length))
  return { lanes: heads, height: rows * LINE_HEIGHT + 10, fontSize: Number((room.fontSize * scale).toFixed(1)) }
}

function drawnLane({ kind, lines, width }: Head, x: number, height: number, heads: Heads): string {
  const { height: headHeight, fontSize } = heads
  const left = x - width / 2
  const life = `<path class="life" d="M${x} ${EDGE + headHeight}V${height - EDGE}"/>`
  const corner = kind === 'actor' ? 12 : 2
  const box = `<rect x="${left}" y="${EDGE}" width="${width}" height="${headHeight}" rx="${corner}"/>`
  const top = EDGE + (headHeight - lines.length * LINE_HEIGHT) / 2 + 12
  const texts = lines.map(
    (line, index) => `<text x="${x}" y="${top + index * LINE_HEIGHT}" text-anchor="middle">${escaped(line)}</text>`,
  )
  return `${life}<g class="head ${kind}" font-size="${fontSize}">${box}${texts.join('')}</g>`
}

/** One under the other: each begins where the one before it ends. */
function placedMoments(sequence: Sequence, room: Room): { readonly drawn: readonly string[]; readonly height: number } {
  let y = EDGE + headsOf(sequence, room).height + HEAD_GAP
  const drawn = sequence.moments.map((moment) => {
    const { svg, height } =
      moment.kind === 'message' ? drawnMessage(moment, y, sequence, room) : drawnNote(moment, y, sequence, room)
    y += height
    return svg
  })
  return { drawn, height: y }
}

interface Drawn {
  readonly svg: string
  readonly height: number
}

type Message = Extract<SequenceMoment, { kind: 'message' }>
type Note = Extract<SequenceMoment, { kind: 'note' }>

/** Its text may be longer than the way from lane to lane: it stands above the arrow, over whatever lanes there are. */
function drawnMessage(message: Message, y: number, sequence: Sequence, room: Room): Drawn {
  const { number, from, to, text, detail, isReply } = message
  const [start, end] = [laneX(from, sequence, room), laneX(to, sequence, room)]
  const counted = number === null ? text : `${number}. ${text}`
  const most = charactersIn(room.width - 2 * EDGE, room)
  const line = shortCall({ text: printable(counted), values: printable(detail) }, most)
  const half = textWidth(line, room) / 2
  const middle = Math.round(within((start + end) / 2 - half, 2 * half, room) + half)
  const at = y + LINE_HEIGHT + 5
  const back = start < end ? -ARROW : ARROW
  const head = `<path class="tip" d="M${end} ${at}l${back} ${-ARROW / 2}v${ARROW}z"/>`
  const shaft = `<path class="shaft" d="M${start} ${at}H${end + back}"/>`
  const label = `<text x="${middle}" y="${y + 13}" text-anchor="middle">${escaped(line)}</text>`
  return { svg: `<g class="${isReply ? 'reply' : 'call'}">${shaft}${head}${label}</g>`, height: MESSAGE_HEIGHT }
}

const MOST_NOTE_LINES = 8

function drawnNote({ lane, text, mood }: Note, y: number, sequence: Sequence, room: Room): Drawn {
  const bold = mood === 'bad' ? BOLD : 1
  const most = Math.floor(charactersIn(room.width - 2 * EDGE - 2 * PADDING, room) / bold)
  const lines = wrap(printable(text), most, '')
    .slice(0, MOST_NOTE_LINES)
    .map((line) => shortened(line, most))
  const widest = Math.max(...lines.map((line) => textWidth(line, room))) * bold
  const width = lane === null ? room.width - 2 * EDGE : Math.round(widest + 2 * PADDING)
  const x = lane === null ? EDGE : within(laneX(lane, sequence, room) - width / 2, width, room)
  const height = lines.length * LINE_HEIGHT + 6
  const rows = lines.map((line, index) => {
    const at = y + 15 + index * LINE_HEIGHT
    return `<text x="${x + width / 2}" y="${at}" text-anchor="middle">${escaped(line)}</text>`
  })
  const box = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>`
  return { svg: `<g class="note ${mood}">${box}${rows.join('')}</g>`, height: height + NOTE_GAP }
}

function textWidth(text: string, { characterWidth }: Room): number {
  return text.length * characterWidth
}

function charactersIn(width: number, { characterWidth }: Room): number {
  return Math.floor(width / characterWidth)
}

/** The left edge of a box that would stand there, so that all of it is in the picture. */
function within(left: number, boxWidth: number, { width }: Room): number {
  return Math.round(Math.max(EDGE, Math.min(left, width - EDGE - boxWidth)))
}
