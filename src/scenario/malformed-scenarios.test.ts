/**
 * Hundreds of damaged scenario files, made from the shipped ones. The seed is printed by fast-check when one of them
 * finds a way out: a stack trace, an error of another kind, a problem without its place.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { formatPath, type Path } from '../core/document/problem.ts'
import { problemLines } from './testing/problems.ts'
import { SHIPPED_SCENARIOS } from './testing/shipped-scenarios.ts'

const SEED = 20_261_121
const TEXTS = SHIPPED_SCENARIOS.map(({ text }) => text)
/** None is shipped that replays: its file would have to be shipped, too. The shipped ones hold every other key. */
const ALL_KINDS = [
  'name: kinds',
  'sale: {stock: 7, skus: {flavour: [cherry, lemon], batch: 3}, skew: 0.7}',
  'steps:',
  '  - {ramp: {from: 10, to: 100}, duration: 1s}',
  '  - {spike: {requests: 100, decay: 100ms}, duration: 1s, arrivals: poisson}',
  '  - {replay: times.txt}',
].join('\n')
const shipped = fc.constantFrom(...TEXTS, ALL_KINDS)
const wholeOnes = fc.constantFrom(...TEXTS.filter((text) => !text.includes('extends:')), ALL_KINDS)

/** Problems that don't say where in the text they are. */
function misplaced(problems: readonly string[], text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/).length
  return problems.filter((problem) => {
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

/** `mine.yaml:14:9` of the last key of this path, and of its value. */
function labelsOf(text: string, path: Path): { readonly key: string; readonly value: string } {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, uniqueKeys: false })
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(parent) ? parent.items.findLast(({ key }) => String(key) === String(path.at(-1))) : undefined
  const label = (node: unknown): string => {
    const { line, col } = lineCounter.linePos((node as { range: readonly number[] }).range[0]!)
    return `mine.yaml:${line}:${col}`
  }
  const value = label(document.getIn(path, true))
  return { key: pair === undefined ? value : label(pair.key), value: pair === undefined ? value : label(pair.value) }
}

describe('a damaged scenario', () => {
  it('whose value has no sensible form is refused at that value', () => {
    const senseless = fc.constantFrom(
      '.nan',
      '.inf',
      '-1',
      '-5s',
      '{}',
      '[]',
      '{a: 1}',
      '[1, 2]',
      'true',
      '"\\u0000"',
      '~',
      '1e400',
      '"5 parsecs"',
    )
    let damaged = 0
    fc.assert(
      fc.property(shipped, fc.nat(), senseless, (text, pick, value) => {
        const { leaves } = pathsOf(text)
        const path = leaves[pick % leaves.length]!
        // Nearly every text is a description, and `true` is what `double` takes.
        if (path[0] === 'description' || (path.at(-1) === 'double' && value === 'true')) return
        const document = parseDocument(text)
        document.setIn(path, parseDocument(value).contents)
        const damagedText = document.toString()
        const problems = problemLines(damagedText)
        const place = `  ${formatPath(path)}`
        // Of a list in a value's place, its items may be what is wrong.
        const isTold = problems.some((line) => line.includes(`${place}: `) || line.includes(`${place}[0]: `))
        expect({ damagedText, told: isTold }).toEqual({
          damagedText,
          told: true,
        })
        expect(misplaced(problems, damagedText)).toEqual([])
        damaged++
      }),
      { seed: SEED, numRuns: 400 },
    )
    expect(damaged).toBeGreaterThan(250)
  })

  it('whose value has no sensible form is refused with the line and column of it', () => {
    const senseless = fc.constantFrom('-1', '-5s', '{a: 1}', '"5 parsecs"', '.nan', '1e400')
    fc.assert(
      fc.property(shipped, fc.nat(), senseless, (text, pick, value) => {
        const leaves = pathsOf(text).leaves.filter(([first]) => first !== 'description')
        const path = leaves[pick % leaves.length]!
        const document = parseDocument(text)
        document.setIn(path, parseDocument(value).contents)
        const damagedText = document.toString()
        const expected = `${labelsOf(damagedText, path).value}  ${formatPath(path)}: `
        const told = problemLines(damagedText)
        expect({ told, isThere: told.some((line) => line.startsWith(expected)) }).toEqual({ told, isThere: true })
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  it('whose key is given twice is refused at the second one', () => {
    fc.assert(
      fc.property(shipped, fc.nat(), (text, pick) => {
        const { keys } = pathsOf(text)
        const path = keys[pick % keys.length]!
        const document = parseDocument(text)
        const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
        if (!isMap(parent)) throw new TypeError('a key stands in a mapping')
        parent.items.push(parent.items.find(({ key }) => String(key) === String(path.at(-1)))!)
        const damagedText = document.toString()
        const told = problemLines(damagedText)
        const expected = `${labelsOf(damagedText, path).key}  ${formatPath(path)}: is given twice`
        expect({ told, isThere: told.includes(expected) }).toEqual({ told, isThere: true })
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  it('whose key is misspelt is refused with the key that was meant', () => {
    let damaged = 0
    fc.assert(
      fc.property(shipped, fc.nat(), fc.nat(), (text, pick, at) => {
        // Attributes of a matrix may be called anything.
        const keys = pathsOf(text).keys.filter((path) => path[1] !== 'skus' || path.length < 3)
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
        expect({
          damagedText,
          told: problems.some((line) => line.includes(`${misspelt}: unknown key; did you mean "${key}"?`)),
        }).toEqual({ damagedText, told: true })
        damaged++
      }),
      { seed: SEED, numRuns: 300 },
    )
    expect(damaged).toBe(300)
  })

  it('that lost a required key says which', () => {
    fc.assert(
      fc.property(wholeOnes, fc.constantFrom('name', 'sale', 'steps'), (text, key) => {
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
      insert: fc.oneof(
        fc.constantFrom(
          '\t',
          '\n',
          '---\n',
          '...\n',
          '[',
          '}',
          ': ',
          '- ',
          '&a ',
          '*a',
          '!!x ',
          '%',
          '"',
          "'",
          '|',
          '\0',
          '\u{1f514}',
        ),
        fc.string({ maxLength: 8, unit: 'binary' }),
      ),
    })
    let refused = 0
    fc.assert(
      fc.property(shipped, fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let damagedText = text
        for (const { at, remove, insert } of edits) {
          const from = at % (damagedText.length + 1)
          damagedText = damagedText.slice(0, from) + insert + damagedText.slice(from + remove)
        }
        const problems = problemLines(damagedText)
        expect(misplaced(problems, damagedText)).toEqual([])
        if (problems.length > 0) refused++
      }),
      { seed: SEED, numRuns: 1_000 },
    )
    expect(refused).toBeGreaterThan(300)
  })

  it('that is no scenario at all either loads or has its problems told', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json()), (text) => {
        const problems = problemLines(text)
        expect(problems.length).toBeGreaterThan(0)
        expect(misplaced(problems, text)).toEqual([])
      }),
      { seed: SEED, numRuns: 500 },
    )
  })
})
