import { expect, it } from 'vitest'
import type { StoreName } from '../../core/catalogue.ts'
import { gatedUrl } from './gated-url.ts'

const HERE = 'host=127.0.0.1&port=4000&sslmode=disable'

it.each<[StoreName, string, object, string]>([
  [
    'postgres',
    'postgresql:///postgres?host=%2Ftmp%2Fsocket&port=5433&user=postgres&sslmode=disable',
    { path: '/tmp/socket/.s.PGSQL.5433' },
    'postgresql:///postgres?host=127.0.0.1&port=4000&user=postgres&sslmode=disable',
  ],
  [
    'postgres',
    'postgresql://me:a%40b@10.0.0.7/shop?application_name=x',
    { host: '10.0.0.7', port: 5432 },
    'postgresql://me:a%40b@127.0.0.1:4000/shop?application_name=x&sslmode=disable',
  ],
  ['postgres', 'postgresql:///shop', { host: '127.0.0.1', port: 5432 }, `postgresql:///shop?${HERE}`],
  ['postgres', 'postgres://me@[::1]:6000/shop', { host: '::1', port: 6000 }, 'postgres://me@127.0.0.1:4000/shop?sslmode=disable'],
  ['redis', '/tmp/redis.sock', { path: '/tmp/redis.sock' }, 'redis://127.0.0.1:4000'],
  ['redis', 'redis://:secret@10.0.0.7:6380/2', { host: '10.0.0.7', port: 6380 }, 'redis://:secret@127.0.0.1:4000/2'],
  ['redis', 'redis://10.0.0.7', { host: '10.0.0.7', port: 6379 }, 'redis://127.0.0.1:4000'],
])('%s at %s is reached by way of a gate', (store, url, upstream, through) => {
  const gated = gatedUrl(store, url)
  expect(gated.upstream).toEqual(upstream)
  expect(gated.through(4000)).toBe(through)
})

it.each<[StoreName, string]>([
  ['redis', 'rediss://10.0.0.7:6380'],
  ['postgres', 'postgres://10.0.0.7/shop?sslmode=require'],
])('%s at %s is refused: nobody sees the calls of a connection with TLS', (store, url) => {
  expect(() => gatedUrl(store, url)).toThrow(/TLS/)
})

it('a text that is no URL is refused without being shown', () => {
  expect(() => gatedUrl('postgres', 'secret')).toThrow('the URL of postgres can\'t be read')
})
