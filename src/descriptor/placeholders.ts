/** Which placeholders may stand where. */
import { nearestName } from '../core/nearest-name.ts'
import { formatValue } from '../core/document/problem.ts'

export interface PlaceholderScope {
  readonly names: readonly string[]
  /** What may stand before a dot. */
  readonly families: readonly ('env' | 'buyer')[]
}

export const SCOPES = {
  /** What holds for the target as a whole. */
  target: { names: [], families: ['env'] },
  buy: {
    names: ['sku', 'userId', 'userNumber', 'requestId', 'requestUuid', 'quantity'],
    families: ['env', 'buyer'],
  },
  read: { names: ['sku', 'userId', 'userNumber'], families: ['env', 'buyer'] },
  poll: {
    names: ['ticket', 'sku', 'userId', 'userNumber', 'requestId', 'requestUuid', 'quantity'],
    families: ['env', 'buyer'],
  },
  login: { names: ['userId', 'userNumber'], families: ['env'] },
  action: { names: ['sku', 'stock', 'limit', 'runId'], families: ['env'] },
  ledger: { names: ['sku', 'runId'], families: ['env'] },
} as const satisfies Record<string, PlaceholderScope>

const FAMILY_NAMES = {
  env: /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
  buyer: /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/,
}

/** Why this placeholder can't stand here; null: it can. */
export function placeholderProblem(name: string, scope: PlaceholderScope): string | null {
  if (scope.names.includes(name)) return null
  const [family, member] = splitName(name)
  if (family !== null && scope.families.includes(family)) {
    if (FAMILY_NAMES[family].test(member)) return null
    return `{{${family}.NAME}} needs a name of letters, digits and underscores, got ${formatValue(member)}`
  }
  const known = [...scope.names, ...scope.families.map((one) => `${one}.NAME`)]
  const nearest = nearestName(name, known)
  const guess = nearest === null ? '' : `; did you mean {{${nearest}}}?`
  return `{{${printableName(name)}}} can't stand here${guess}${guess === '' ? ';' : ''} known here: ${known.join(', ')}`
}

/** `buyer.token` as family and member; a name without a family has none. */
export function splitName(name: string): [family: 'env' | 'buyer' | null, member: string] {
  const dot = name.indexOf('.')
  const family = name.slice(0, Math.max(dot, 0))
  return family === 'env' || family === 'buyer' ? [family, name.slice(dot + 1)] : [null, name]
}

function printableName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}...` : name
}
