import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { descriptorJsonSchema, loadDescriptor } from '../descriptor/index.ts'
import { targetTemplate } from './target-template.ts'

const TEXT = targetTemplate('my-shop', 'doorbuster run smoke --target my-shop.yaml')
const load = (text: string) => loadDescriptor(text, 'my-shop.yaml', '/shop')

/** With the comment signs of these lines taken away; a section that is there already goes. */
function uncommented(section: string): string {
  const lines = TEXT.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`# ${section}:`))
  const length = lines.slice(from + 1).findIndex((line) => !/^# {2,}\S/.test(line)) + 1
  const shown = lines.slice(from, from + length).map((line) => line.slice(2))
  const rest = lines.filter((_, i) => i < from || i >= from + length).join('\n')
  const document = parse(rest) as Record<string, unknown>
  return JSON.stringify({ ...document, ...(parse(shown.join('\n'), { uniqueKeys: false }) as object) })
}

describe('the descriptor that init writes', () => {
  it('is valid as it stands, without a warning', () => {
    const { descriptor, warnings } = load(TEXT)
    expect([descriptor.name, descriptor.protocol.outcomes.length, warnings]).toEqual(['my-shop', 4, []])
  })

  it('explains or shows every section', () => {
    const { properties } = descriptorJsonSchema() as { properties: Record<string, unknown> }
    const unnamed = Object.keys(properties).filter(
      (key) =>
        !new RegExp(`^(# )?${key}:`, 'm').test(TEXT) &&
        !['description', 'stop', 'tls', 'skus', 'close', 'resources', 'stock'].includes(key),
    )
    expect(unnamed).toEqual([])
    expect(TEXT).toContain('`stock: 100`')
  })

  it('is valid with its race, and the start that goes with it', () => {
    const start = parse(uncommented('start')) as object
    expect(() => load(JSON.stringify({ ...start, ...(parse(uncommented('race')) as object) }))).not.toThrow()
  })

  it.each(['headers', 'start', 'sku', 'settle', 'buyers', 'ledger', 'shared', 'maxRate', 'warmUp'])(
    'is valid with what it has commented out: %s',
    (section) => {
      expect(() => load(uncommented(section))).not.toThrow()
    },
  )

  it('is valid with its queue', () => {
    const queued = TEXT.replace('# - {status: 202', '- {status: 202').replace(/# poll:\n(?:# {3}.*\n)+/, (poll) =>
      poll.replaceAll(/^# /gm, ''),
    )
    expect(load(queued).descriptor.protocol.poll!.outcomes).toHaveLength(3)
  })

  it('is valid with each of the other ways to open a sale', () => {
    const opened = TEXT.replaceAll(/^ {2}# - /gm, '  - ').replace(/\n {2}- \{status: 202.*/, '')
    expect(load(opened).descriptor.open!.map(({ kind }) => kind)).toEqual(['request', 'sql', 'redis', 'shell'])
  })
})
