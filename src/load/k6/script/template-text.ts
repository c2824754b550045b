/** Templates of requests as JavaScript expressions. Secrets are named, never written: `__ENV.NAME`. Pure. */
import type { Escaping, PlaceholderName, TextTemplate } from '../../../core/buyer-protocol.ts'
import { secretVariable } from './environment-names.ts'

/** A template literal, or a plain string where nothing is filled in. */
export function templateText(template: TextTemplate): string {
  if (template.every((part) => typeof part === 'string')) return quoted(template.join(''))
  const parts = template.map((part) =>
    typeof part === 'string' ? escapedLiteral(part) : `\${${escaped(expressionOf(part.value), part.as)}}`,
  )
  return `\`${parts.join('')}\``
}

/** A JavaScript string of single quotes. */
export function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inside.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

/** Whether a value of this name stands in the template. */
export function holds(template: TextTemplate, isMeant: (name: PlaceholderName) => boolean): boolean {
  return template.some((part) => typeof part !== 'string' && isMeant(part.value))
}

function escapedLiteral(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('`', '\\`').replaceAll('${', '\\${')
}

function expressionOf(name: PlaceholderName): string {
  const [kind, rest] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
  if (kind === 'env') return `__ENV[${quoted(secretVariable(rest))}]`
  if (kind === 'buyer') return `row.buyer[${quoted(rest)}]`
  switch (name) {
    case 'sku':
      return 'row.sku'
    case 'userId':
      return 'row.userId'
    case 'userNumber':
      return 'row.user'
    case 'requestId':
      return 'row.requestId'
    case 'requestUuid':
      return 'requestUuid(row.prefix, row.buy)'
    case 'quantity':
      return 'row.quantity'
    case 'ticket':
      return 'ticket'
    default:
      throw new RangeError(`no request of a buyer's can hold {{${name}}}`)
  }
}

function escaped(expression: string, as: Escaping): string {
  switch (as) {
    case 'plain':
      return expression
    case 'url':
      return `urlText(${expression})`
    case 'json-text':
      return `jsonText(${expression})`
    case 'json-value':
      return `JSON.stringify(${expression})`
  }
}
