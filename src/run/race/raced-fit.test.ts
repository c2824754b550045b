import { describe, expect, it } from 'vitest'
import { loadDescriptor } from '../../descriptor/index.ts'
import { descriptorText } from '../../descriptor/testing/descriptors.ts'
import { refuseUnraced } from './raced-fit.ts'

/** One that can be raced, changed by `lines`. */
function refusing(lines: Readonly<Record<string, string | null>> = {}): () => void {
  const text = descriptorText({
    stock: null,
    start: './shop',
    open: '{path: "/sales/{{sku}}", json: {stock: "{{stock}}"}}',
    race: '{stores: {REDIS_URL: redis://127.0.0.1}}',
    ...lines,
  })
  const { descriptor } = loadDescriptor(text, 'mine.yaml', '/shop')
  return () => refuseUnraced(descriptor)
}

describe('a described service', () => {
  it('can be raced where it is started, led to its stores and opened by the run', () => {
    expect(refusing()).not.toThrow()
  })

  it.each([
    [
      'says nothing of its stores',
      { race: null },
      'its descriptor does not say how it finds its stores',
      'race: {stores',
    ],
    ['runs already', { race: null, start: null }, 'does not say how it finds its stores', 'race: {stores'],
    ['is opened by nobody', { open: null, stock: '5' }, 'nothing opens a sale', '`open`'],
    ['shares its stock', { shared: 'true' }, 'others sell from the same stock', 'stock of its own'],
    ['sells places in a queue', { promise: '{sold: queued}' }, 'convicts nobody', '`poll`'],
  ])('can not where it %s', (_, lines, why, hint) => {
    expect(refusing(lines)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(new RegExp(`^mine can't be raced: .*${why.replaceAll(/[()]/g, '\\$&')}`)),
        hint: expect.stringContaining(hint),
      }),
    )
  })
})
