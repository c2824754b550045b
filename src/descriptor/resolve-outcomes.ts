/** From written rules to those by which answers are classified. */
import type { CodeOfAnswer, JsonScalar, OutcomeRule, RuledOutcome, ValueTest } from '../core/buyer-protocol.ts'
import { resolveLocator } from './resolve-requests.ts'
import type { WrittenCondition, WrittenOutcome, WrittenStatuses } from './schema-outcomes.ts'

export function resolveOutcomes(written: readonly WrittenOutcome[], prefix: string): OutcomeRule[] {
  return written.map((rule, index) => ({
    ...resolveCondition(rule),
    then: resolveThen(rule),
    label: `${prefix}[${index}]`,
  }))
}

export function resolveCondition(written: WrittenCondition): Pick<OutcomeRule, 'status' | 'where'> {
  const where: OutcomeRule['where'][number][] = []
  for (const [name, test] of Object.entries(written.header ?? {})) {
    where.push({ at: { in: 'header', name: name.toLowerCase() }, is: resolveTest(test, String) })
  }
  for (const [pointer, test] of Object.entries(written.json ?? {})) {
    where.push({ at: { in: 'json', pointer }, is: resolveTest(test, (value) => value) })
  }
  if (written.body !== undefined) where.push({ at: { in: 'body', pattern: written.body }, is: { exists: true } })
  return { status: written.status === undefined ? null : resolveStatuses(written.status), where }
}

export function resolveStatuses(written: WrittenStatuses): { readonly from: number; readonly to: number }[] {
  return (Array.isArray(written) ? written : [written]).map((one) => {
    const text = String(one)
    if (text.endsWith('xx')) return { from: Number(text[0]) * 100, to: Number(text[0]) * 100 + 99 }
    const [from, to = from] = text.split('-').map(Number)
    return { from: from!, to: to! }
  })
}

type WrittenTest = NonNullable<WrittenCondition['json']>[string]

function resolveTest(written: WrittenTest, valueOf: (scalar: JsonScalar) => JsonScalar): ValueTest {
  if (Array.isArray(written)) return { oneOf: written.map(valueOf) }
  if (typeof written !== 'object' || written === null) return { oneOf: [valueOf(written)] }
  if (written.matches !== undefined) return { matches: written.matches }
  return { exists: written.exists === true }
}

function resolveThen({ then: kind, orderId, code, ticket }: WrittenOutcome): RuledOutcome {
  switch (kind) {
    case 'sold':
      if (orderId === 'requestId') return { kind, orderId: { in: 'requestId' } }
      return { kind, orderId: orderId === undefined ? null : resolveLocator(orderId) }
    case 'soldOut':
    case 'limitReached':
      return { kind }
    case 'refused':
    case 'unknown':
      return { kind, code: resolveCode(code) }
    case 'queued':
      return { kind, ticket: ticket === undefined ? null : resolveLocator(ticket) }
  }
}

function resolveCode(written: WrittenOutcome['code']): CodeOfAnswer {
  if (written === undefined) return 'HTTP_STATUS'
  if (typeof written === 'string' && !written.startsWith('/')) return { fixed: written }
  return { at: resolveLocator(written) }
}
