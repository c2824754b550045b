import { describe, expect, it } from 'vitest'
import { parseServerVersion, keyPrefixOf } from './redis-connection.ts'
import { schemaNameOf } from './postgres-schema.ts'
import { parseMemory } from './resources.ts'

describe('schemaNameOf', () => {
  it('keeps to lower case, digits and underscores', () => {
    expect(schemaNameOf('2026-05-01T10:00:00Z-smoke-naïve')).toBe('doorbuster_2026_05_01t10_00_00z_smoke_na_ve')
  })

  it('fits what Postgres keeps of a name, and still tells runs apart by their ends', () => {
    const long = 'x'.repeat(80)
    expect(schemaNameOf(`${long}-a`)).toHaveLength(63)
    expect(schemaNameOf(`${long}-a`)).not.toBe(schemaNameOf(`${long}-b`))
  })
})

describe('keyPrefixOf', () => {
  it('holds nothing that a pattern or a hash tag would read', () => {
    expect(keyPrefixOf('a*b?[c]{d}\\e')).toBe('doorbuster:a_b_c_d_e:')
  })
})

describe('parseServerVersion', () => {
  it('names Valkey by its own version, not the one it is compatible with', () => {
    expect(parseServerVersion('# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n')).toBe('7.0.15')
    expect(
      parseServerVersion('# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n'),
    ).toBe('valkey 8.1.1')
  })
})

describe('parseMemory', () => {
  it('reads bytes from kB, and nothing from nothing', () => {
    const status = 'Name:\tpostgres\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nRssShmem:\t     512 kB\n'
    expect(parseMemory(status)).toEqual({ peakBytes: 2_097_152, sharedBytes: 524_288 })
    expect(parseMemory('')).toEqual({ peakBytes: 0, sharedBytes: 0 })
  })
})
