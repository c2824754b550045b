import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatReadsPromise } from '../../src/core/promise.ts'
import { CHECKS } from '../../src/core/check.ts'
import { catalogue, STRATEGIES } from './index.ts'

describe('the catalogue', () => {
  it('survives the way to the harness as it is', () => {
    expect(JSON.parse(JSON.stringify(catalogue()))).toEqual(catalogue())
  })

  it('names each strategy once', () => {
    const names = catalogue().strategies.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(catalogue().strategies)('$name: a check convicts it if and only if it is a control', (description) => {
    const { control, convictedBy, rightWith } = description
    expect(convictedBy === null || convictedBy in CHECKS).toBe(true)
    expect(convictedBy !== null).toBe(control)
    expect(rightWith !== 'any-instances').toBe(control)
  })

  it.each(catalogue().strategies)('$name: its books stand in stores that it needs', ({ books, needs }) => {
    expect(needs).toContain('postgres')
    expect(needs).toContain(books.stock.store)
    expect(books.stream === null || needs.includes('redis')).toBe(true)
  })

  it.each(catalogue().strategies)('$name: has a page that says what it promises', ({ name, promise }) => {
    const page = readFileSync(new URL(`../../docs/strategies/${name}.md`, import.meta.url), 'utf8')
    expect(page).toContain(`# \`${name}\``)
    expect(page).toContain(`| reads | \`${formatReadsPromise(promise.reads)}\` |`)
    expect(page).toContain(`| sells through | ${promise.sellsThrough ? 'yes' : 'no'} |`)
    expect(page).toContain('```mermaid')
  })

  it.each(STRATEGIES)('$description.name: its SQL takes no input as text', ({ functions }) => {
    for (const text of functions) expect(text).not.toMatch(/\bEXECUTE\b|\bformat\(/i)
  })
})
