import { describe, expect, it } from 'vitest'
import { namesUs } from './own-name.ts'

describe('the name a request came by', () => {
  it('leads here where it is of loopback, and may lead elsewhere where it is not', () => {
    const ours = ['127.0.0.1', 'localhost', 'LOCALHOST:9464', '127.0.0.1:1', '[::1]:80']
    const others = ['evil.example', 'localhost.evil.example:9464', '127.0.0.1.evil.example', '', undefined]
    expect(ours.filter((name) => !namesUs(name, '127.0.0.1'))).toEqual([])
    expect(others.filter((name) => namesUs(name, '127.0.0.1'))).toEqual([])
  })

  it('may be the address that it was told to listen on, and any where it listens on all', () => {
    expect(namesUs('192.0.2.7:9464', '192.0.2.7')).toBe(true)
    expect(namesUs('192.0.2.8:9464', '192.0.2.7')).toBe(false)
    expect(namesUs('[2001:db8::1]:9464', '2001:db8::1')).toBe(true)
    expect(namesUs('harness:9464', '0.0.0.0')).toBe(true)
  })
})
