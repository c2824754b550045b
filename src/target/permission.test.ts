import { describe, expect, it } from 'vitest'
import { checkMayTest, isPrivateAddress } from './permission.ts'

describe('a private address', () => {
  it.each(['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'])(
    'is %s',
    (address) => {
      expect(isPrivateAddress(address)).toBe(true)
    },
  )

  it.each(['::1', 'fc00::1', 'fdff::1', 'fe80::1', '::ffff:10.0.0.1'])('is %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each([
    '128.0.0.1',
    '11.0.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '169.253.0.1',
    '8.8.8.8',
    '0.0.0.0',
  ])('is not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })

  it.each(['::2', '2001:db8::1', 'fec0::1', '::ffff:8.8.8.8'])('is not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})

describe('the permission to test', () => {
  it.each(['http://127.0.0.1:8080', 'https://[::1]/', 'http://localhost:1', 'http://192.168.7.7/shop'])(
    'is given for %s',
    async (url) => {
      await expect(checkMayTest(url, [])).resolves.toBe('private')
      await expect(checkMayTest(url, [new URL(url).hostname])).resolves.toBe('private')
    },
  )

  it.each([
    ['http://198.51.100.7/', '198.51.100.7'],
    ['http://[2001:db8::7]:8080/', '2001:db8::7'],
  ])('is wanted for %s, and given by name', async (url, host) => {
    await expect(checkMayTest(url, ['other.test'])).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`${host} is neither on this machine nor in a private network`) as string,
      hint: expect.stringContaining(`--i-may-test ${host}`) as string,
    })
    await expect(checkMayTest(url, ['other.test', host])).resolves.toBe('permitted')
  })
})
