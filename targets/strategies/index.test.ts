import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatReadsPromise } from '../../src/core/promise.ts'
import { CHECK_NAMES, CHECKS } from '../../src/core/check.ts'
import { BUY_WITH_TYPE_ERROR } from './controls/type-error.ts'
import { CONTROLS } from './controls/index.ts'
import { catalogue, KNOWN_STRATEGIES, STRATEGIES } from './index.ts'
import { BUY } from './redis-lua/scripts.ts'

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

  it.each(STRATEGIES.map(({ description }) => description))('$name: has a page', ({ name, promise }) => {
    const page = readFileSync(new URL(`../../docs/strategies/${name}.md`, import.meta.url), 'utf8')
    expect(page).toContain(`# \`${name}\``)
    expect(page).toContain(`| reads | \`${formatReadsPromise(promise.reads)}\` |`)
    expect(page).toContain(`| sells through | ${promise.sellsThrough ? 'yes' : 'no'} |`)
    expect(page).toContain('```mermaid')
  })

  it.each(KNOWN_STRATEGIES)('$description.name: its SQL takes no input as text', ({ functions }) => {
    for (const text of functions) expect(text).not.toMatch(/\bEXECUTE\b|\bformat\(/i)
  })
})

describe('the controls', () => {
  it.each(CHECK_NAMES.filter((name) => name !== 'fairness'))('%s has one that it convicts', (check) => {
    expect(catalogue().strategies.filter(({ convictedBy }) => convictedBy === check)).not.toEqual([])
  })

  it('are named after their bugs', () => {
    for (const { description } of CONTROLS) expect(description.name).toMatch(/^control-/)
  })

  it("hold their bug: what is changed of another strategy's script is there to be changed", () => {
    expect(BUY_WITH_TYPE_ERROR.lua).not.toBe(BUY.lua)
  })
})
