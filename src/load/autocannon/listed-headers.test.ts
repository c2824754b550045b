import { expect, it } from 'vitest'
import { ListedHeaders } from './listed-headers.ts'

it('headers in a list are found by name, never by a value that looks like one', () => {
  const headers = new ListedHeaders([
    'X-Of',
    'x-order',
    'X-Order',
    '7',
    'x-order',
    '8',
    'Set-Cookie',
    'a=1',
    'set-cookie',
    'b=2',
  ])
  expect(headers.first('x-order')).toBe('7')
  expect(headers.first('7')).toBeNull()
  expect(headers.setCookies()).toEqual(['a=1', 'b=2'])
})
