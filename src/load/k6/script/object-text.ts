/** Plain values as JavaScript is written: keys without quotes where they need none, a line each where they are many. */
import { quoted } from './template-text.ts'

const MOST_CHARACTERS = 100

export function objectText(value: unknown, indent = ''): string {
  const line = onOneLine(value)
  if (line.length <= MOST_CHARACTERS || typeof value !== 'object' || value === null) return line
  const inner = `${indent}  `
  if (Array.isArray(value)) return `[\n${value.map((one) => `${inner}${objectText(one, inner)},\n`).join('')}${indent}]`
  const members = Object.entries(value).map(([key, one]) => `${inner}${keyText(key)}: ${objectText(one, inner)},\n`)
  return `{\n${members.join('')}${indent}}`
}

function onOneLine(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, one]) => `${keyText(key)}: ${onOneLine(one)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}
