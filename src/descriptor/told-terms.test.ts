import { expect, it } from 'vitest'
import { tellsLimit, tellsStock } from './told-terms.ts'

it('what `open` hands on is seen in its placeholders', () => {
  const request = { path: '/sale', json: { units: '{{stock}}' } }
  expect([tellsStock(request), tellsLimit(request)]).toEqual([true, false])
  const both = [{ path: '/reset' }, { path: '/sale', json: { units: '{{stock}}', limit: '{{limit}}' } }]
  expect([tellsStock(both), tellsLimit(both)]).toEqual([true, true])
  expect([tellsStock(undefined), tellsLimit(undefined)]).toEqual([false, false])
  expect(tellsStock({ path: '/reset' })).toBe(false)
})

it('a shell command may use the stock unseen; a limit it has to name', () => {
  expect([tellsStock({ shell: './reset.sh' }), tellsLimit({ shell: './reset.sh' })]).toEqual([true, false])
  expect(tellsLimit({ shell: './reset.sh "$STOCK" "$LIMIT"' })).toBe(true)
})
