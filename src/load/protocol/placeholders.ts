/** What the placeholders of a request stand for, and who a buyer is to the target. */
import type { BuyerIdentities, PlaceholderName } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import type { PlaceholderMeaning } from './compiled-text.ts'

export interface PlaceholderSources {
  readonly sku: string
  readonly identities: BuyerIdentities
  /** Values of `env.NAME`, by NAME. */
  readonly secrets: Readonly<Record<string, string>>
}

const SECRET = 'env.'
const COLUMN = 'buyer.'
const USER_ID_COLUMN = 'userId'

/** Throws USAGE for a name that stands for nothing. No message holds a value. */
export function meaningOf(name: PlaceholderName, { sku, identities, secrets }: PlaceholderSources): PlaceholderMeaning {
  switch (name) {
    case 'sku':
      return sku
    case 'userId':
      return ({ user }) => userIdAt(identities, user)
    case 'userNumber':
      return ({ user }) => user
    case 'requestId':
      return ({ requestId }) => requestId
    case 'requestUuid':
      return ({ requestUuid }) => requestUuid
    case 'quantity':
      return ({ quantity }) => quantity
    case 'ticket':
      return ({ ticket }) => ticket
  }
  if (name.startsWith(SECRET)) return secretOf(name.slice(SECRET.length), secrets)
  const column = columnOf(name)
  if (column === null) throw notKnown(name)
  const { pool } = identities
  if (pool === null) throw notKnown(name, 'It needs a pool of buyers, and there is none.')
  return ({ user }) => pool[user]![column]!
}

/** The column of the pool that a placeholder reads; null: none. */
export function columnOf(name: PlaceholderName): string | null {
  return name.startsWith(COLUMN) ? name.slice(COLUMN.length) : null
}

function userIdAt({ userIdPrefix, pool }: BuyerIdentities, user: number): string {
  return pool?.[user]?.[USER_ID_COLUMN] ?? `${userIdPrefix}${user}`
}

function secretOf(name: string, secrets: Readonly<Record<string, string>>): string {
  if (!Object.hasOwn(secrets, name)) {
    throw new HarnessError('USAGE', {
      message: `the target's requests need the environment variable ${name}, which is not set`,
      hint: `Set it for this run: ${name}=... doorbuster run ...`,
    })
  }
  return secrets[name]!
}

function notKnown(name: string, hint?: string): HarnessError {
  return new HarnessError('USAGE', { message: `nothing stands for {{${name}}} in a request of a buyer`, hint })
}
