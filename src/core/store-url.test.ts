import { describe, expect, it } from 'vitest'
import { leadTo, readStoreUrl } from './store-url.ts'

const sentenceOf = (url: string): string => {
  const reading = readStoreUrl(url)
  return reading.ok ? 'it is read' : reading.sentence
}

describe('the URL of a store', () => {
  it.each([
    ['postgres://shop:secret@db.test:5433/shop', 'postgres', 'db.test', 5433],
    ['postgresql://127.0.0.1/shop', 'postgres', '127.0.0.1', 5432],
    ['POSTGRESQL://127.0.0.1/shop?sslmode=disable', 'postgres', '127.0.0.1', 5432],
    ['postgres://127.0.0.1/shop?sslmode=prefer&ssl=false', 'postgres', '127.0.0.1', 5432],
    ['postgresql+psycopg://shop@127.0.0.1:5432/shop', 'postgres', '127.0.0.1', 5432],
    ['jdbc:postgresql://localhost:5432/shop?user=shop', 'postgres', 'localhost', 5432],
    ['postgres://shop:p@ss@127.0.0.1/shop', 'postgres', '127.0.0.1', 5432],
    ['redis://127.0.0.1', 'redis', '127.0.0.1', 6379],
    ['redis://:secret@[::1]:6380/2', 'redis', '::1', 6380],
  ])('%s leads to a store', (url, store, host, port) => {
    expect(readStoreUrl(url)).toMatchObject({ ok: true, address: { store, host, port } })
  })

  it.each([
    ['postgres://shop:a+b@127.0.0.1/shop', 'postgres://shop:a+b@127.0.0.1/shop'],
    ['postgresql+psycopg://shop:a+b@127.0.0.1/shop', 'postgresql://shop:a+b@127.0.0.1/shop'],
    ['jdbc:postgresql://127.0.0.1/shop?user=shop', 'postgresql://127.0.0.1/shop?user=shop'],
  ])('%s is known to any client as %s', (url, plain) => {
    expect(readStoreUrl(url)).toMatchObject({ ok: true, address: { url: plain } })
  })

  it.each([
    ['127.0.0.1:5432', /^is no URL of a store/],
    ['mysql://shop:secret@127.0.0.1/shop', /MySQL or MariaDB, for which there is no gate yet/],
    ['mariadb://127.0.0.1/shop', /MySQL or MariaDB/],
    ['mongodb://127.0.0.1/shop', /^begins with mongodb:\/\/, for which there is no gate/],
    ['rediss://127.0.0.1', /^begins with rediss:\/\/: the gate before the store speaks without TLS/],
    ['postgres://127.0.0.1/shop?sslmode=require', /^asks for TLS \(sslmode=require\)/],
    ['postgres://127.0.0.1/shop?application_name=a&sslmode=verify-full', /sslmode=verify-full/],
    ['postgres://127.0.0.1/shop?ssl=true', /^asks for TLS \(ssl=true\)/],
    ['postgresql:///shop', /^names no host: a gate stands before a TCP port/],
    ['postgresql:///shop?host=/run/postgresql', /\(host=\): host and port have to stand behind the \/\//],
    ['postgresql://127.0.0.1/shop?port=5433', /\(port=\)/],
    ['postgres://a:1,b:2/shop', /^names several hosts/],
    ['postgres://127.0.0.1:0/shop', /^names no port from 1 to 65535/],
    ['postgres://127.0.0.1:123456/shop', /^names a host or a port that can be none/],
    ['redis:///run/redis.sock', /^names no host/],
  ])('%s is refused', (url, sentence) => {
    expect(sentenceOf(url)).toMatch(sentence)
  })

  it('is refused without a word of its password', () => {
    for (const url of [
      'mysql://shop:hush@h',
      'rediss://:hush@h',
      'postgres://shop:hush@/x',
      'postgres://u:hush@h?ssl=1',
    ]) {
      expect(sentenceOf(url)).not.toContain('hush')
    }
  })
})

describe('a URL that leads through a gate', () => {
  const gate = { host: '127.0.0.1', port: 40_000 }

  it.each([
    [
      'postgres://shop:s%40cret@db.test:5433/shop?sslmode=disable',
      'postgres://shop:s%40cret@127.0.0.1:40000/shop?sslmode=disable',
    ],
    ['postgres://shop:p@ss@db.test/shop', 'postgres://shop:p@ss@127.0.0.1:40000/shop'],
    ['jdbc:postgresql://db.test/shop', 'jdbc:postgresql://127.0.0.1:40000/shop'],
    ['redis://[::1]:6380/2', 'redis://127.0.0.1:40000/2'],
    ['redis://cache', 'redis://127.0.0.1:40000'],
  ])('%s differs in nothing but host and port', (url, expected) => {
    expect(leadTo(url, gate)).toBe(expected)
    expect(readStoreUrl(expected)).toMatchObject({ ok: true, address: gate })
  })
})
