/** What of a descriptor works but is surely not meant, or gives a secret away. */
import type { OutcomeRule } from '../core/buyer-protocol.ts'
import type { Path } from '../core/document/problem.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import type { WrittenDescriptor } from './schema.ts'
import { placeholdersIn, textsIn } from './texts-in.ts'
import { tellsStock } from './told-terms.ts'

export interface Warning {
  readonly path: Path
  readonly sentence: string
}

export function warningsOf(written: WrittenDescriptor, { protocol }: TargetDescriptor): Warning[] {
  return [
    ...plainPasswords(written),
    ...plainHeaders(written),
    ...unreachableRules(protocol.outcomes, ['outcomes']),
    ...(written.poll?.outcomes === undefined ? [] : unreachableRules(protocol.poll!.outcomes, ['poll', 'outcomes'])),
    ...unusedStock(written),
  ]
}

/** A URL with a password that is no placeholder, wherever it stands. */
function plainPasswords(written: WrittenDescriptor): Warning[] {
  return textsIn(written)
    .filter(({ text }) => {
      const password = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i.exec(text)?.[1]
      return password !== undefined && !password.includes('{{')
    })
    .map(({ path }) => ({ path, sentence: `holds a password in plain sight; ${INSTEAD}` }))
}

const INSTEAD = 'write {{env.NAME}} in its place and give it in the environment'

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie)$|token|secret|api-?key|password/i

function plainHeaders(written: WrittenDescriptor): Warning[] {
  return headerMappings(written).flatMap(({ path, headers }) =>
    Object.entries(headers)
      .filter(([name, value]) => SECRET_HEADER.test(name) && placeholdersIn(value).length === 0)
      .map(([name]) => ({ path: [...path, name], sentence: `holds a secret in plain sight; ${INSTEAD}` })),
  )
}

function headerMappings(value: unknown, path: Path = []): { path: Path; headers: Readonly<Record<string, string>> }[] {
  if (typeof value !== 'object' || value === null) return []
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => {
    const at = [...path, key]
    if (key === 'json' || key === 'form' || key === 'query') return []
    if (key === 'headers') return [{ path: at, headers: inner as Readonly<Record<string, string>> }]
    return headerMappings(inner, at)
  })
}

/** A rule behind one that asks for nothing but a status that it has, too. */
function unreachableRules(rules: readonly OutcomeRule[], path: Path): Warning[] {
  return rules.flatMap((rule, i) => {
    const before = rules.slice(0, i).find((one) => one.where.length === 0 && coversStatus(one, rule))
    if (before === undefined) return []
    return [{ path: [...path, i], sentence: `is never reached: ${before.label} takes every answer that it would` }]
  })
}

function coversStatus({ status: wide }: OutcomeRule, { status: narrow }: OutcomeRule): boolean {
  if (wide === null) return true
  return (narrow ?? [{ from: 100, to: 599 }]).every((range) =>
    wide.some(({ from, to }) => from <= range.from && range.to <= to),
  )
}

/** Without the number, what is opened isn't what the scenario asked for. What a shell command does, nobody knows. */
function unusedStock({ open, stock }: WrittenDescriptor): Warning[] {
  if (open === undefined || stock !== undefined) return []
  if (tellsStock(open)) return []
  const sentence =
    'holds no {{stock}}: is it always opened with as many units? Then say so with stock: N, or the sale is judged by those of the scenario'
  return [{ path: ['open'], sentence }]
}
