import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { SCOPES } from './placeholders.ts'
import { descriptorJsonSchema, loadDescriptor } from './index.ts'
import { descriptorText } from './testing/descriptors.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const docs = read('docs/target.md')
const examples = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!)

/** An example of a part stands in the shortest descriptor. */
function whole(example: string): string {
  const part = parse(example) as Record<string, unknown>
  const shortest = parse(descriptorText()) as Record<string, unknown>
  const sold = { status: 201, then: 'sold' }
  const poll = part['poll'] as { outcomes: unknown[] } | undefined
  if (part['outcomes'] !== undefined && poll === undefined) part['outcomes'] = [sold, ...(part['outcomes'] as object[])]
  return 'name' in part ? example : stringify({ ...shortest, ...part })
}

describe('docs/target.md', () => {
  it('tells every key of the schema', () => {
    const keys = new Set<string>()
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties } = node as { properties?: object }
      for (const key of Object.keys(properties ?? {})) keys.add(key)
      for (const value of Object.values(node)) walk(value)
    }
    walk(descriptorJsonSchema())
    // Told as {cookie: NAME}, where it belongs.
    keys.delete('cookie')
    expect([...keys].filter((key) => !docs.includes(`\`${key}\``))).toEqual([])
  })

  it('has a row in the first table for every section', () => {
    const { properties } = descriptorJsonSchema() as { properties: object }
    expect(Object.keys(properties).filter((key) => !docs.includes(`\n| \`${key}\` | `))).toEqual([])
  })

  it('has a row for every placeholder, and for none that is not there', () => {
    const names = new Set(Object.values(SCOPES).flatMap(({ names }) => [...names]))
    const rows = [...docs.matchAll(/^\| `\{\{([\w.]+)\}\}` \|/gm)].map(([, name]) => name!)
    expect(rows.toSorted()).toEqual([...names, 'env.NAME', 'buyer.NAME'].toSorted())
  })

  it('holds examples that load, without a warning', () => {
    expect(examples.length).toBeGreaterThan(10)
    for (const example of examples) {
      expect({ example, warnings: loadDescriptor(whole(example), 'docs/target.md', '/').warnings }).toEqual({
        example,
        warnings: [],
      })
    }
  })

  it('begins with the descriptor of the example shop, as it stands', () => {
    expect(examples[0]).toBe(read('examples/own-shop/my-shop.yaml'))
    expect(examples[0]!.trim().split('\n').length).toBeLessThanOrEqual(25)
  })
})
