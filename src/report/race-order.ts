/**
 * An order of store calls as lines that each format draws in its own way: a line a step, and below it what the step brought
 * about. Pure.
 */
import type { StoreName } from '../core/catalogue.ts'
import type { RaceCall, RaceStep, WrongOrder } from '../core/race-record.ts'
import { plain } from './plain-text.ts'

export type OrderLine =
  | {
      readonly kind: 'step'
      /** From 1. */
      readonly number: number
      readonly who: string
      readonly call: CallWords
      readonly result: string
      /** Of {@link storesOf}, in their order; '' where a store doesn't say. */
      readonly stock: readonly string[]
    }
  /** "buyer 1 is told: sold". */
  | { readonly kind: 'said'; readonly words: string }

/** A call on one line. */
export interface CallWords {
  /** Its statement or its command; of several, each behind the other. */
  readonly text: string
  /** Of its placeholders, in brackets; '' where it has none. */
  readonly values: string
}

const STORES: readonly StoreName[] = ['postgres', 'redis']
const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** Stores that say at some step what they hold. */
export function storesOf({ steps }: Pick<WrongOrder, 'steps'>): StoreName[] {
  return STORES.filter((store) => steps.some(({ stock }) => stock[store] !== undefined))
}

/** Titles of the columns of {@link OrderLine}. */
export function orderTitles(stores: readonly StoreName[]): string[] {
  const stock = stores.length === 1 ? ['stock'] : stores.map((store) => `${store} has`)
  return ['step', 'who', 'store call', 'result', ...stock]
}

export function orderLines(order: WrongOrder): OrderLine[] {
  const stores = storesOf(order)
  return order.steps.flatMap((step, index): OrderLine[] => [
    {
      kind: 'step',
      number: index + 1,
      who: plain(step.begins ? `${step.actor} comes` : step.actor),
      call: step.reply === undefined ? callWords(step) : replyWords(order.steps, step.reply.to),
      result: plain(step.waits ? waitWords(order.steps, index) : resultOf(step), NO_LIMIT),
      stock: stores.map((store) => stockWords(step.stock[store])),
    },
    ...saidAfter(step).map((words): OrderLine => ({ kind: 'said', words })),
  ])
}

/** As text, a line each, for whatever has no table. */
export function orderText(order: WrongOrder): string[] {
  const stores = storesOf(order)
  return orderLines(order).map((line) => {
    if (line.kind === 'said') return `   ${line.words}`
    const { number, who, call, result, stock } = line
    const held = stock.flatMap((units, index) => (units === '' ? [] : [`${stores[index]} has ${units}`]))
    const told = [result, ...held].filter((part) => part !== '').join('; ')
    return `${number}. ${who}: ${wholeCall(call)}${told === '' ? '' : ` -> ${told}`}`
  })
}

export function callWords({ call, note }: Pick<RaceStep, 'call' | 'note'>): CallWords {
  if (call === null) return { text: plain(note ?? 'no store call', NO_LIMIT), values: '' }
  const values = call.values.length === 0 ? '' : `[${call.values.join(', ')}]`
  return { text: plain(linesOf(call).join('; '), NO_LIMIT), values: plain(values, NO_LIMIT) }
}

/** "the server gets the reply to step 3": by its number, as a reader finds it. */
function replyWords(steps: readonly RaceStep[], to: string): CallWords {
  const step = steps.findIndex(({ event }) => event === to) + 1
  return { text: `the server gets the reply to step ${step}`, values: '' }
}

function resultOf({ call, reply }: RaceStep): string {
  return call?.result ?? reply?.result ?? ''
}

export function wholeCall({ text, values }: CallWords): string {
  return values === '' ? text : `${text} ${values}`
}

/** Values have this of the room where there isn't enough. */
const SHARE_OF_VALUES = 0.5

/** With the end of its statement left out, and the middle of its values: what is done stands in front, for whom behind. */
export function shortCall(call: CallWords, longest: number): string {
  const whole = wholeCall(call)
  if (whole.length <= longest || call.values === '') return shortened(whole, longest)
  const room = Math.max(longest - call.text.length - 1, Math.floor(longest * SHARE_OF_VALUES))
  const values = shortened(call.values, room)
  const head = Math.max(1, longest - values.length - LEFT_OUT.length)
  return call.text.length + 1 + values.length <= longest
    ? `${call.text} ${values}`
    : call.text.slice(0, head) + LEFT_OUT + values
}

function linesOf({ text }: RaceCall): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** "waits for buyer 2": for whoever it is that it comes back after; "waits" where it never does. */
export function waitWords(steps: readonly RaceStep[], index: number): string {
  const { actor } = steps[index]!
  const freedBy = steps.slice(index + 1).find(({ released }) => released.some((one) => one.actor === actor))
  return freedBy === undefined ? 'waits' : `waits for ${freedBy.actor}`
}

/** A note is said here where the line of its step is that of a call. */
function saidAfter({ call, note, released, answers }: RaceStep): string[] {
  return [
    ...(call === null || note === undefined ? [] : [note]),
    ...released.map(({ actor, result }) => `${actor} has waited, and gets: ${result}`),
    ...answers.map(({ actor, words }) => `${actor} is told: ${words}`),
  ].map((words) => plain(words, NO_LIMIT))
}

/** `null`: the store was asked, and holds none. */
export function stockWords(units: number | null | undefined): string {
  if (units === undefined) return ''
  return units === null ? 'none' : String(units)
}

const LEFT_OUT = ' ... '

/** With its middle left out: both ends say what it is. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  if (longest <= LEFT_OUT.length) return text.slice(0, longest)
  const tail = Math.floor((longest - LEFT_OUT.length) * 0.4)
  const head = longest - LEFT_OUT.length - tail
  return text.slice(0, head) + LEFT_OUT + text.slice(text.length - tail)
}
