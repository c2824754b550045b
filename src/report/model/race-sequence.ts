/**
 * An order of store calls as who spoke to whom: a lane for each buyer, for work of the server in the background and for each
 * store, and what passed between them in the order in which it did.
 */
import type { StoreName } from '../../core/catalogue.ts'
import type { RaceStep, WrongOrder } from '../../core/race-record.ts'
import { callWords, stockWords, waitWords } from '../race-order.ts'
import type { Sequence, SequenceLane, SequenceMoment } from './page.ts'

const STORE_TITLES: Readonly<Record<StoreName, string>> = { postgres: 'Postgres', redis: 'Redis' }
const STORES: readonly StoreName[] = ['postgres', 'redis']

/** `title`: what it shows, for whoever doesn't see it, too. */
export function sequenceOf(order: WrongOrder, title: string): Sequence {
  const { steps } = order
  const actors = actorsOf(steps)
  const stores = STORES.filter((name) => steps.some(({ call, stock }) => call?.store === name || name in stock))
  const lanes: SequenceLane[] = [
    ...actors.map((name) => ({ name, kind: 'actor' as const })),
    ...stores.map((name) => ({ name: STORE_TITLES[name], kind: 'store' as const })),
  ]
  const laneOf: LaneOf = {
    actor: (name) => actors.indexOf(name),
    store: (name) => actors.length + stores.indexOf(name),
  }
  return {
    title,
    sentence: order.sentence,
    lanes,
    moments: [
      ...steps.flatMap((_, index) => momentsOf(steps, index, stores, laneOf)),
      { kind: 'note', lane: null, text: order.sentence, mood: 'bad' },
    ],
  }
}

type SequenceMessage = Extract<SequenceMoment, { kind: 'message' }>

interface LaneOf {
  actor(name: string): number
  store(name: StoreName): number
}

/** Buyers by their numbers; what the server does by itself after them. */
function actorsOf(steps: readonly RaceStep[]): string[] {
  const all = new Set(
    steps.flatMap(({ actor, answers, released }) => [actor, ...[...answers, ...released].map((one) => one.actor)]),
  )
  const isBuyer = (name: string): boolean => name.startsWith('buyer')
  return [...all].sort((a, b) => Number(isBuyer(b)) - Number(isBuyer(a)) || a.localeCompare(b, 'en', { numeric: true }))
}

function momentsOf(
  steps: readonly RaceStep[],
  index: number,
  stores: readonly StoreName[],
  laneOf: LaneOf,
): SequenceMoment[] {
  const step = steps[index]!
  const own = laneOf.actor(step.actor)
  const note = (lane: number, text: string): SequenceMoment => ({ kind: 'note', lane, text, mood: 'plain' })
  return [
    ...(step.begins ? [note(own, 'comes')] : []),
    ...callMoments(steps, index, own, laneOf),
    ...step.released.flatMap(({ actor, result }): SequenceMoment[] => {
      const store = storeOfWaiting(steps, index, actor)
      const lane = laneOf.actor(actor)
      if (store === null) return [note(lane, `goes on: ${result}`)]
      return [replyOf(laneOf.store(store), lane, result)]
    }),
    ...stores.flatMap((store) => {
      const now = stockWords(step.stock[store])
      return now === '' || now === stockBefore(steps, index, store) ? [] : [note(laneOf.store(store), `stock ${now}`)]
    }),
    ...step.answers.map(({ actor, words }) => note(laneOf.actor(actor), `is told: ${words}`)),
  ]
}

function callMoments(steps: readonly RaceStep[], index: number, own: number, laneOf: LaneOf): SequenceMoment[] {
  const { event, call, waits, note, answers, reply } = steps[index]!
  if (reply !== undefined) return [{ ...replyMessage(steps, reply, own, laneOf), number: index + 1 }]
  if (call === null) {
    if (note === undefined) return []
    // "asks again", and what it is told then, is about one buyer; a crash is about everybody.
    return answers.length > 0
      ? [{ kind: 'note', lane: own, text: note, mood: 'plain' }]
      : [{ kind: 'note', lane: null, text: note, mood: 'doubtful' }]
  }
  const store = laneOf.store(call.store)
  const { text, values } = callWords({ call })
  return [
    { kind: 'message', number: index + 1, from: own, to: store, text, detail: values, isReply: false },
    ...(call.result === null || waits || comesLater(steps, event) ? [] : [replyOf(store, own, call.result)]),
    ...(waits ? [{ kind: 'note', lane: own, text: waitWords(steps, index), mood: 'doubtful' } as const] : []),
    ...(note === undefined ? [] : [{ kind: 'note', lane: null, text: note, mood: 'doubtful' } as const]),
  ]
}

/** The server gets it in a step of its own. */
function comesLater(steps: readonly RaceStep[], event: string): boolean {
  return steps.some(({ reply }) => reply?.to === event)
}

function replyMessage(
  steps: readonly RaceStep[],
  { to, result }: NonNullable<RaceStep['reply']>,
  own: number,
  laneOf: LaneOf,
): SequenceMessage {
  const asked = steps.find(({ event }) => event === to)?.call ?? null
  return replyOf(asked === null ? own : laneOf.store(asked.store), own, result)
}

function replyOf(from: number, to: number, text: string): SequenceMessage {
  return { kind: 'message', number: null, from, to, text, detail: '', isReply: true }
}

/** The last call of somebody before a step: that which waited. */
function storeOfWaiting(steps: readonly RaceStep[], index: number, actor: string): StoreName | null {
  return steps.slice(0, index).findLast((step) => step.actor === actor && step.waits)?.call?.store ?? null
}

/** As it was last told before a step; '' where it never was. */
function stockBefore(steps: readonly RaceStep[], index: number, store: StoreName): string {
  return stockWords(steps.slice(0, index).findLast(({ stock }) => stock[store] !== undefined)?.stock[store])
}
