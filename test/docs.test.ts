/** The documents that repeat a table of the code say what the code says. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CHECKS, IMPLIES } from '../src/core/check.ts'
import type { StrategyDescription } from '../src/core/catalogue.ts'
import { EXIT_CODES } from '../src/core/exit-codes.ts'
import { EVENT_TYPE_OF_CHECK } from '../src/run/event-types.ts'
import { catalogue } from '../targets/strategies/index.ts'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

describe('docs/checks.md', () => {
  it.each(Object.entries(CHECKS))('has the row of %s', (name, { failsWhen, needs }) => {
    expect(read('docs/checks.md')).toContain(`| \`${name}\` | ${failsWhen} | ${needs} |`)
  })

  it.each(Object.entries(IMPLIES))('says what may fail beside %s', (cause, implied) => {
    const row = `| \`${cause}\` | ${implied.map((name) => `\`${name}\``).join(', ')} |`
    expect(read('docs/checks.md')).toContain(row)
  })
})

describe('docs/controls.md', () => {
  it('has exactly the controls, each with its check, what may fail beside it, and what it takes', () => {
    const controls = catalogue().strategies.filter(({ control }) => control)
    const byCheck = Object.keys(CHECKS).flatMap((check) => controls.filter(({ convictedBy }) => convictedBy === check))
    expect(read('docs/controls.md').match(/^\| `[a-z-]+` \| .*$/gm)).toEqual(byCheck.map(rowOfControl))
  })

  function rowOfControl({ name, summary, convictedBy, shownBy = [] }: StrategyDescription): string {
    const beside = (IMPLIES[convictedBy!] ?? []).map((check) => `\`${check}\``).join(', ')
    const options = shownBy.map((text) => (/[{ =]/.test(text) ? `'${text}'` : text)).join(' ')
    return `| \`${name}\` | ${summary} | \`${convictedBy}\` | ${beside} | ${options === '' ? '' : `\`${options}\``} |`
  }
})

describe('docs/own-strategy.md', () => {
  it.each(['one-statement.ts', 'faulty.ts'])('holds the example %s as it stands', (file) => {
    expect(read('docs/own-strategy.md')).toContain(`\`\`\`ts\n${read(`examples/own-strategy/${file}`)}\`\`\``)
  })
})

describe('docs/exit-codes.md', () => {
  it('has exactly the rows of the table', () => {
    const rows = read('docs/exit-codes.md').match(/^\| \d+ \|.*$/gm)
    expect(rows).toEqual(Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${meaning} |`))
  })
})

describe('docs/logs.md', () => {
  it.each(Object.entries(EVENT_TYPE_OF_CHECK))('has the row of %s', (check, eventType) => {
    expect(read('docs/logs.md')).toContain(`| \`${check}\` | \`${eventType}\` |`)
  })
})

describe('links', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(new URL('../docs', import.meta.url), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]

  it.each(documents)('of %s lead somewhere', (document) => {
    const base = new URL(`../${document}`, import.meta.url)
    const targets = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!)
    const broken = targets.filter((target) => {
      try {
        readdirSync(new URL(target, base))
        return false
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'ENOTDIR'
      }
    })
    expect(broken).toEqual([])
  })
})
