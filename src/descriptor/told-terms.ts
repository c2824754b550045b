/** Which terms of the scenario the actions of `open` hand on to the target: it can't be held to what nobody told it. */
import type { WrittenDescriptor } from './schema.ts'
import { placeholdersIn, textsIn } from './texts-in.ts'

type WrittenActions = WrittenDescriptor['open']

/** A shell command has the stock in its environment, and may use it in a script where nobody sees it. */
export function tellsStock(open: WrittenActions): boolean {
  return holds(open, 'stock') || shellCommandsIn(open).length > 0
}

/** Of a shell command only where it names `$LIMIT`: most scripts know of no limit. */
export function tellsLimit(open: WrittenActions): boolean {
  return holds(open, 'limit') || textsIn(shellCommandsIn(open)).some(({ text }) => /\bLIMIT\b/.test(text))
}

function holds(open: WrittenActions, placeholder: string): boolean {
  return placeholdersIn(open).some(({ name }) => name === placeholder)
}

function shellCommandsIn(open: WrittenActions): readonly unknown[] {
  if (open === undefined) return []
  return (Array.isArray(open) ? open : [open]).filter(({ shell }) => shell !== undefined)
}
