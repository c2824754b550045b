import { describe, expect, it } from 'vitest'
import type { BuyerProtocol, TextTemplate } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { NO_BUY } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import type { DescribedTarget } from '../load-engine.ts'
import { checkPlan } from './check-plan.ts'
import { describedOf, request } from './testing/protocols.ts'

/** A buy of each user, and a read if asked for. */
function planOf(users: readonly number[], withRead = false): StepPlan {
  const rows = withRead ? [...users, 0] : users
  const isRead = (row: number): boolean => row >= users.length
  return {
    stepIndex: 1,
    step: { arrivalRatePerSec: rows.length, durationMs: 1_000, arrivals: 'uniform' },
    length: rows.length,
    atNs: Float64Array.from(rows, (_, row) => row),
    kind: Uint8Array.from(rows, (_, row) => (isRead(row) ? 1 : 0)),
    user: Uint32Array.from(rows),
    buy: Uint32Array.from(rows, (_, row) => (isRead(row) ? NO_BUY : row)),
    quantity: Uint16Array.from(rows, (_, row) => (isRead(row) ? 0 : 1)),
    distinctBuys: users.length,
    unitsAskedFor: users.length,
    distinctUsers: users.length,
    initialStock: 1,
    sales: [{ sku: 'a', unitsAskedFor: users.length, initialStock: 1 }],
    saleIndex: null,
  }
}

/** What is wrong; null: nothing. */
function problem(
  plan: StepPlan,
  protocol: Partial<BuyerProtocol>,
  parts: Partial<DescribedTarget> = {},
): string | null {
  try {
    checkPlan(describedOf(protocol, parts), plan)
    return null
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'USAGE') return error.message
    throw error
  }
}

const header = (value: TextTemplate) => ({ buy: request('POST', '/', { headers: [{ name: 'cookie', value }] }) })
const poolOf = (...sessions: string[]) => ({
  identities: { userIdPrefix: 'u', pool: sessions.map((session) => ({ session })) },
})

describe('a plan for a described target', () => {
  it('may have reads only where there is one', () => {
    const read = { request: request('GET', '/'), status: [], stock: { in: 'requestId' } } as const
    expect(problem(planOf([0], true), { read })).toBeNull()
    expect(problem(planOf([0]), {})).toBeNull()
    expect(problem(planOf([0], true), {})).toMatch(/^step 2 plans reads of the stock/)
  })

  it('needs as many buyers as its users are numbered', () => {
    const session = header(['sid=', { value: 'buyer.session', as: 'plain' }])
    expect(problem(planOf([1, 0]), session, poolOf('a', 'b'))).toBeNull()
    expect(problem(planOf([2, 0]), session, poolOf('a', 'b'))).toBe('step 2 needs 3 buyers, and the pool has 2')
  })

  it('needs the columns that requests hold, of every buyer', () => {
    const both = header([{ value: 'buyer.session', as: 'plain' }])
    const identities = { userIdPrefix: 'u', pool: [{ session: 'a' }, { sid: 'b' }] as Record<string, string>[] }
    expect(problem(planOf([0]), both, { identities })).toBe('buyer 2 of the pool has no session, which requests need')
    expect(problem(planOf([0]), {}, { identities })).toBeNull()
  })

  it('takes no line breaks in headers, and shows nothing of a session', () => {
    const session = header([{ value: 'buyer.session', as: 'plain' }])
    const found = problem(planOf([0]), session, poolOf('a', 'hidden\r\nx: y'))
    expect(found).toMatch(/^session of buyer 2 of the pool holds a character/)
    expect(found).not.toContain('hidden')
    const inBody = { buy: request('POST', '/', { body: [{ value: 'buyer.session', as: 'plain' } as const] }) }
    expect(problem(planOf([0]), inBody, poolOf('a', 'hidden\r\nx: y'))).toBeNull()
  })

  it('takes none in user ids that stand in headers', () => {
    const named = header([{ value: 'userId', as: 'plain' }])
    expect(problem(planOf([0]), named, { identities: { userIdPrefix: 'a\n', pool: null } })).toMatch(/^the prefix/)
    const pool = [{ userId: 'x\n' }]
    expect(problem(planOf([0]), named, { identities: { userIdPrefix: 'u', pool } })).toMatch(/^userId of buyer 1/)
    expect(problem(planOf([0]), {}, { identities: { userIdPrefix: 'u', pool } })).toBeNull()
  })
})
