/**
 * Hundreds of damaged descriptors. The seed is printed by fast-check when one of them finds a way out: a stack trace, an
 * error of another kind, a problem without its place.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { formatPath, type Path } from '../core/document/problem.ts'
import { descriptorText, EVERYTHING, problemLines } from './testing/descriptors.ts'
import { SHIPPED_DESCRIPTORS } from './testing/shipped-descriptors.ts'

const SEED = 20_261_122
const OTHER_FORMS = descriptorText({
  start: '{image: "shop:1", port: 80, command: [--fast]}',
  sku: 'cherry',
  buyers: '{pool: {csv: buyers.csv}}',
  buy: '{path: "/buy/{{buyer.shop}}", text: "{{quantity}}"}',
  ledger:
    '{path: /orders, items: /list, nextPage: /next, columns: {orderId: id}, remaining: {shell: ./left.sh, cwd: shop}}',
})
const whole = fc.constantFrom(EVERYTHING, OTHER_FORMS, ...SHIPPED_DESCRIPTORS.map(({ text }) => text))

/** Problems that don't say where in the text they are. */
function misplaced(problems: readonly string[], text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/).length
  return problems.filter((problem) => {
    if (/^and [1-9]\d* problems more$/.test(problem)) return false
    const place = /^mine\.yaml:([1-9]\d*):([1-9]\d*) {2}\S/.exec(problem)
    return !place || Number(place[1]) > lines
  })
}

function pathsOf(text: string): { readonly keys: Path[]; readonly leaves: Path[] } {
  const keys: Path[] = []
  const leaves: Path[] = []
  const walk = (node: unknown, path: Path): void => {
    if (isScalar(node)) leaves.push(path)
    if (isSeq(node)) for (const [i, item] of node.items.entries()) walk(item, [...path, i])
    if (!isMap(node)) return
    for (const { key, value } of node.items) {
      const inner = [...path, String(key)]
      keys.push(inner)
      walk(value, inner)
    }
  }
  walk(parseDocument(text).contents, [])
  return { keys, leaves }
}

/** A body of JSON may be anything. */
const isInBody = (path: Path): boolean => path.includes('json') && !path.includes('outcomes') && !path.includes('until')

/** Where names are the writer's own. */
const NAMED_FREELY = new Set<string | number>(['headers', 'header', 'query', 'form', 'json', 'env', 'take', 'stores'])

const INSERTED =
  '\t|\n|---\n|[|}|: |- |&a |*a|!!x |%|"|\'|\0|{{|}}|{{env.|{{sku}}|{{{{|__proto__: |\u{1f514}|(|\\|/'.split('|')

describe('a damaged descriptor', () => {
  it('whose value has no sensible form is refused at that value', () => {
    const senseless = fc.constantFrom('{zzz: {b: 1}}', '[[[]]]', '~', '.nan', '.inf', '""', '-1.5')
    let refused = 0
    fc.assert(
      fc.property(whole, fc.nat(), senseless, (text, pick, value) => {
        const leaves = pathsOf(text).leaves.filter((path) => !isInBody(path))
        const path = leaves[pick % leaves.length]!
        const document = parseDocument(text)
        document.setIn(path, parseDocument(value).contents)
        const damagedText = document.toString()
        const problems = problemLines(damagedText)
        expect(misplaced(problems, damagedText)).toEqual([])
        if (problems.length > 0) refused++
        if (value !== '{zzz: {b: 1}}') return
        const place = `  ${formatPath(path)}`
        const isTold = problems.some((line) => line.includes(`${place}: `) || line.includes(`${place}.zzz: `))
        expect({ damagedText, problems, isTold }).toEqual({ damagedText, problems, isTold: true })
      }),
      { seed: SEED, numRuns: 250 },
    )
    expect(refused).toBeGreaterThan(150)
  })

  it('whose key is misspelt is refused with the key that was meant', () => {
    fc.assert(
      fc.property(whole, fc.nat(), fc.nat(), (text, pick, at) => {
        const keys = pathsOf(text).keys.filter((path) => !path.slice(0, -1).some((part) => NAMED_FREELY.has(part)))
        const path = keys[pick % keys.length]!
        const key = String(path.at(-1))
        const misspelt = key.slice(0, at % key.length) + '_' + key.slice(at % key.length)
        const document = parseDocument(text)
        const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
        if (!isMap(parent)) throw new TypeError('a key stands in a mapping')
        for (const pair of parent.items) if (String(pair.key) === key) pair.key = misspelt
        const damagedText = document.toString()
        const problems = problemLines(damagedText)
        expect(misplaced(problems, damagedText)).toEqual([])
        const isTold = problems.some((line) => line.includes(`${misspelt}: unknown key; did you mean "${key}"?`))
        expect({ damagedText, problems, isTold }).toEqual({ damagedText, problems, isTold: true })
      }),
      { seed: SEED, numRuns: 150 },
    )
  })

  it('that lost a required key says which', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom('name', 'url', 'buy', 'outcomes'), (text, key) => {
        const document = parseDocument(text)
        document.delete(key)
        const damagedText = document.toString()
        const problems = problemLines(damagedText)
        expect(misplaced(problems, damagedText)).toEqual([])
        expect(problems.some((line) => line.includes(`  ${key}: is missing`))).toBe(true)
      }),
      { seed: SEED, numRuns: 20 },
    )
  })

  it('of any other kind either loads or has its problems told', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 12 }),
      insert: fc.oneof(fc.constantFrom(...INSERTED), fc.string({ maxLength: 8, unit: 'binary' })),
    })
    let refused = 0
    fc.assert(
      fc.property(whole, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let damagedText = text
        for (const { at, remove, insert } of edits) {
          const from = at % (damagedText.length + 1)
          damagedText = damagedText.slice(0, from) + insert + damagedText.slice(from + remove)
        }
        const problems = problemLines(damagedText)
        expect(misplaced(problems, damagedText)).toEqual([])
        if (problems.length > 0) refused++
      }),
      { seed: SEED, numRuns: 400 },
    )
    expect(refused).toBeGreaterThan(120)
  })

  it('that is no descriptor at all has its problems told', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json()), (text) => {
        const problems = problemLines(text)
        expect(problems.length).toBeGreaterThan(0)
        expect(misplaced(problems, text)).toEqual([])
      }),
      { seed: SEED, numRuns: 300 },
    )
  })
})
