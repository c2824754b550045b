/** Values of options that hold a list: `1,2` or `on,off`. Each item is checked, and none may be named twice. */
import { InvalidArgumentError } from 'commander'
import { nearestName } from '../core/nearest-name.ts'
import { parseDurationMs, parseShare } from '../core/units.ts'
import { integerAtLeast } from './options.ts'

/** A list of names; `known` are all that there are. */
export function listOf<Name extends string>(known: readonly Name[]): (text: string) => readonly Name[] {
  return listWith((item) => {
    const found = known.find((name) => name === item)
    if (found !== undefined) return found
    const near = nearestName(item, known)
    const guess = near === null ? '' : `; did you mean "${near}"?`
    throw new InvalidArgumentError(`"${item}" is none of ${known.join(', ')}${guess}`)
  })
}

export function listOfIntegers(least: number, most: number): (text: string) => readonly number[] {
  return listWith(integerAtLeast(least, most))
}

/** Shares above 0. */
export const listOfShares: (text: string) => readonly number[] = listWith((item) => {
  const share = parseShare(item)
  if (share === null || share === 0) {
    throw new InvalidArgumentError(`"${item}" is no share above 0 and up to 1, such as 0.01 or 50%.`)
  }
  return share
})

export const names: (text: string) => readonly string[] = listWith((item) => item)

export function durationMs(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === null) throw new InvalidArgumentError('It must be a time such as 5s or 500ms.')
  return ms
}

/** A time in which something is to happen. */
export function positiveDurationMs(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It must be a time above 0, such as 5m or 90s.')
  return ms
}

function listWith<T>(read: (item: string) => T): (text: string) => readonly T[] {
  return (text) => {
    const items = text.split(',').map((item) => item.trim())
    if (items.includes('')) throw new InvalidArgumentError('It must be a list such as a,b with nothing left out.')
    const values = items.map(read)
    const twice = items.find((_, index) => values.indexOf(values[index]!) !== index)
    if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" is named twice.`)
    return values
  }
}
