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
      readonly call: string
      readonly result: string
      /** Of {@link storesOf}, in their order; '' where a store doesn't say. */
      readonly stock: readonly string[]
    }
  /** "buyer 1 is told: sold". */
  | { readonly kind: 'said'; readonly words: string }

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
      who: step.begins ? `${step.actor} comes` : step.actor,
      call: callWords(step),
      result: step.waits ? waitWords(order.steps, index) : plain(step.call?.result ?? '', NO_LIMIT),
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
    return `${number}. ${who}: ${call}${told === '' ? '' : ` -> ${told}`}`
  })
}

/** One line; the values of its placeholders behind it. */
export function callWords({ call, note }: Pick<RaceStep, 'call' | 'note'>): string {
  if (call === null) return plain(note ?? 'no store call', NO_LIMIT)
  const values = call.values.length === 0 ? '' : ` [${call.values.join(', ')}]`
  return plain(linesOf(call).join('; ') + values, NO_LIMIT)
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
    ...(call === null || note === undefined ? [] : [plain(note, NO_LIMIT)]),
    ...released.map(({ actor, result }) => `${actor} has waited, and gets: ${plain(result, NO_LIMIT)}`),
    ...answers.map(({ actor, words }) => `${actor} is told: ${plain(words, NO_LIMIT)}`),
  ]
}

/** `null`: the store was asked, and holds none. */
export function stockWords(units: number | null | undefined): string {
  if (units === undefined) return ''
  return units === null ? 'none' : String(units)
}

const LEFT_OUT = ' ... '

/** With its middle left out: of a statement, what it does and with which values stands at both ends. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text
  if (longest <= LEFT_OUT.length) return text.slice(0, longest)
  const tail = Math.floor((longest - LEFT_OUT.length) * 0.4)
  const head = longest - LEFT_OUT.length - tail
  return text.slice(0, head) + LEFT_OUT + text.slice(text.length - tail)
}
