/**
 * Whether a regular expression could take longer than anyone waits: each answer is looked at by it, and an engine that tries
 * all ways in which a repetition of repetitions can match doubles its work with every character. Said when a descriptor is
 * read, since nothing can stop a pattern while it runs. Cautious: it refuses some that would do no harm. Pure.
 */

/** Few repetitions of what varies little have few ways to match. */
const FEW = 20

/** How much the length of what is matched can vary. */
type Variety = 'none' | 'bounded' | 'unbounded'

interface Group {
  variety: Variety
  /** The character with which each alternative begins; null: it isn't one character alone. */
  readonly begins: (string | null)[]
  isAtBegin: boolean
}

interface Repetition {
  readonly least: number
  readonly most: number
}

const GROUP_OPENING = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y
const ATOM = /\\(?:[pPu]\{[^}]*\}|k<[^>]*>|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/uy
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y

/** Why, in words for whoever wrote it; null: it is quick. The pattern must be a valid one. */
export function whyPatternMayHang(pattern: string): string | null {
  const groups: Group[] = [newGroup()]
  let at = 0
  /** What was repeated without bound right before; null: nothing was. */
  let repeatedBefore: string | null = null
  const take = (sticky: RegExp): RegExpExecArray | null => {
    sticky.lastIndex = at
    const match = sticky.exec(pattern)
    if (match !== null) at += match[0].length
    return match
  }
  while (at < pattern.length) {
    const group = groups.at(-1)!
    if (take(GROUP_OPENING) !== null) {
      begin(group, null)
      groups.push(newGroup())
      continue
    }
    const atom = take(ATOM)![0]
    if (atom === '|') {
      repeatedBefore = null
      group.isAtBegin = true
      continue
    }
    const inner = atom === ')' ? groups.pop()! : newGroup()
    const outer = groups.at(-1)!
    if (atom !== ')') begin(outer, /^[^\\[.^$]$/u.test(atom) ? atom : null)
    const repetition = repetitionOf(take(QUANTIFIER))
    const reason = whySlow(inner, repetition)
    if (reason !== null) return reason
    const repeated = varietyOf(repetition) === 'unbounded' ? atom : null
    if (repeated !== null && repeatedBefore !== null && canMatchTheSame(repeated, repeatedBefore)) {
      return `repeats the same twice in a row (${repeatedBefore}* and ${repeated}*), and could take for ever: once is enough`
    }
    if (atom !== ')') repeatedBefore = repeated
    outer.variety = widest(outer.variety, inner.variety, varietyOf(repetition))
  }
  return null
}

function newGroup(): Group {
  return { variety: 'none', begins: [], isAtBegin: true }
}

function begin(group: Group, character: string | null): void {
  if (group.isAtBegin) group.begins.push(character)
  group.isAtBegin = false
}

function repetitionOf(match: RegExpExecArray | null): Repetition {
  if (match === null) return { least: 1, most: 1 }
  const [, sign, least, comma, most] = match
  if (sign !== undefined) return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity }
  if (comma === undefined) return { least: Number(least), most: Number(least) }
  return { least: Number(least), most: most === '' ? Infinity : Number(most) }
}

function varietyOf({ least, most }: Repetition): Variety {
  return least === most ? 'none' : most === Infinity ? 'unbounded' : 'bounded'
}

function widest(...varieties: readonly Variety[]): Variety {
  return varieties.includes('unbounded') ? 'unbounded' : varieties.includes('bounded') ? 'bounded' : 'none'
}

/** Of atoms, as far as it can be told without looking into classes. */
function canMatchTheSame(one: string, other: string): boolean {
  return one === other || one === '.' || other === '.'
}

function whySlow({ variety, begins }: Group, { most }: Repetition): string | null {
  if (most > 1 && (variety === 'unbounded' || (variety === 'bounded' && most > FEW))) {
    return 'repeats what repeats already, such as (x+)+, and could take for ever: write it without the outer repetition'
  }
  const canOverlap = begins.includes(null) || new Set(begins).size < begins.length
  if (most > FEW && begins.length > 1 && canOverlap) {
    return 'repeats alternatives that may match the same, such as (a|a)*, and could take for ever: a class such as [ab]* does not'
  }
  return null
}
