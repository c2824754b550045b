import { describe, expect, it } from 'vitest'
import { withSessionSettings } from './connection-url.ts'

const OURS = { search_path: 'doorbuster_r1', synchronous_commit: 'off' }

function optionsOf(url: string): string | null {
  return new URL(url).searchParams.get('options')
}

describe('withSessionSettings', () => {
  it('adds the settings to a URL without a query', () => {
    expect(withSessionSettings('postgresql://db/shop', OURS)).toBe(
      'postgresql://db/shop?options=-c%20search_path%3Ddoorbuster_r1%20-c%20synchronous_commit%3Doff',
    )
  })

  it('keeps the other parameters, and options that are there, before ours', () => {
    const url = withSessionSettings('postgresql://db/shop?sslmode=require&options=-c%20jit%3Don', OURS)
    expect(new URL(url).searchParams.get('sslmode')).toBe('require')
    expect(optionsOf(url)).toBe('-c jit=on -c search_path=doorbuster_r1 -c synchronous_commit=off')
  })

  it('keeps the folder of a Unix socket', () => {
    const url = withSessionSettings('postgresql:///postgres?host=%2Frun%2Fpg&user=me', OURS)
    expect(url.startsWith('postgresql:///postgres?host=%2Frun%2Fpg&user=me&options=')).toBe(true)
  })
})
