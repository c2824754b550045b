/** The page's own program: follows the events, and draws what they tell. */
import type { Telemetry } from '../../core/telemetry.ts'
import type { Card } from './card.ts'
import { element, existing, openEvents, type PageElement, setTitle } from './dom.ts'
import { drawnCard } from './draw-card.ts'
import { isOver } from './spans.ts'
import { thinned } from './thinning.ts'
import type { ShownVerdict } from './verdict.ts'
import { type View, viewOf } from './view.ts'

const MOST_LOOKS = 600
/** What is known of the connection is looked at so often. */
const CHECK_EVERY_MS = 1_000
/** The server says that it lives every 5 s. */
const SILENT_FOR_MS = 12_000
/** EventSource.CLOSED: it has given up, as it does where nobody listens any more. */
const CLOSED = 2

let looks: readonly Telemetry[] = []
let isConnected = false
let heardAtMs = Date.now()
let events = connect()
const drawnCards = new Map<string, { readonly card: Card; readonly as: string; readonly place: PageElement }>()

setInterval(checkConnection, CHECK_EVERY_MS)

function connect(): ReturnType<typeof openEvents> {
  const source = openEvents('events')
  source.addEventListener('past', ({ data }) => {
    heard()
    looks = JSON.parse(data) as Telemetry[]
    draw()
  })
  source.addEventListener('message', ({ data }) => {
    heard()
    const look = JSON.parse(data) as Telemetry
    const before = looks.at(-1)?.source.runId === look.source.runId ? looks : []
    looks = thinnedWhenMany([...before, look])
    draw()
  })
  source.addEventListener('alive', heard)
  source.addEventListener('error', () => {
    isConnected = false
    sayConnection()
  })
  return source
}

/** Not at each look: thinned to half, it need not be done again for long. */
function thinnedWhenMany(all: readonly Telemetry[]): readonly Telemetry[] {
  return all.length > MOST_LOOKS ? thinned(all, MOST_LOOKS / 2) : all
}

function heard(): void {
  heardAtMs = Date.now()
  isConnected = true
  sayConnection()
}

function checkConnection(): void {
  if (events.readyState === CLOSED) {
    events = connect()
  } else if (isConnected && Date.now() - heardAtMs > SILENT_FOR_MS) {
    isConnected = false
    events.close()
    sayConnection()
  }
}

function sayConnection(): void {
  const notice = existing('connection')
  const text = isConnected ? '' : whyNothingComes()
  notice.hidden = isConnected
  if (notice.textContent !== text) notice.textContent = text
}

function whyNothingComes(): string {
  const last = looks.at(-1)
  if (last === undefined) return 'No connection. Trying again …'
  if (isOver(last)) return 'The run is over, and nobody serves this page any more. It stays as it is.'
  const at = new Date(last.atMs).toLocaleTimeString()
  return `Connection lost: this is how it stood at ${at}. Trying again …`
}

function draw(): void {
  const view = viewOf(looks)
  existing('waiting').hidden = view !== null
  existing('sale').hidden = view === null
  if (view === null) return
  drawHeading(view)
  drawVerdict(view.verdict)
  for (const [column, cards] of view.columns.entries()) {
    for (const card of cards) drawCard(column, card)
  }
}

function drawHeading({ subject, circumstances, progress, verdict }: View): void {
  existing('subject').textContent = subject
  existing('circumstances').textContent = circumstances
  existing('progress').textContent = progress
  setTitle(`${MARK_OF[verdict.mood]} ${verdict.word} – ${subject}`)
}

const MARK_OF = { good: '✓', bad: '✗', doubtful: '!', plain: '–' } as const
const LONG_SENTENCE = 90

function drawVerdict({ mood, word, sentence, units }: ShownVerdict): void {
  existing('verdict').className = `${mood}${sentence.length > LONG_SENTENCE ? ' long' : ''}`
  existing('mark').textContent = MARK_OF[mood]
  existing('sentence').textContent = sentence
  existing('word').textContent = sentence.toLowerCase() === word ? '' : `${word} · `
  existing('units').textContent = units
  sayOnce(existing('heard'), mood, word, sentence)
}

let saidMood = ''

/** Read aloud when it turns, not at each unit more. */
function sayOnce(place: PageElement, mood: string, word: string, sentence: string): void {
  if (`${mood} ${word}` === saidMood) return
  saidMood = `${mood} ${word}`
  place.textContent = `Verdict: ${word}. ${sentence}`
}

/** Only what has changed is drawn again, so that what stands still can be read, and marked. */
function drawCard(column: number, card: Card): void {
  const as = JSON.stringify(card)
  const drawn = drawnCards.get(card.id)
  if (drawn?.as === as) return
  const place = drawn?.place ?? newPlace(column)
  place.replaceChildren(...drawnCard(card))
  drawnCards.set(card.id, { card, as, place })
}

function newPlace(column: number): PageElement {
  const place = element('section')
  existing(`column-${column}`).append(place)
  return place
}
