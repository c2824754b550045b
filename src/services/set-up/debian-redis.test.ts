import { describe, expect, it } from 'vitest'
import { libraryPackages, missingDebianTools, parseMissingLibraries } from './debian-redis.ts'

const LDD = `	linux-vdso.so.1 (0x00007ffe)
	libsystemd.so.0 => /lib/x86_64-linux-gnu/libsystemd.so.0 (0x00007f)
	liblzf.so.1 => not found
	liblua5.1-cjson.so.0 => not found
`

const DEPENDS = `redis-server
  Depends: init-system-helpers
  Depends: redis-tools
redis-tools
  PreDepends: <libfoo>
  Depends: adduser
  Depends: libc6
 |Depends: libjemalloc2
  Depends: libssl3:any
  Depends: lua-cjson
libc6
  Depends: libgcc-s1
`

describe('parseMissingLibraries', () => {
  it('names what was not found, and only that', () => {
    expect(parseMissingLibraries(LDD)).toEqual(['liblzf.so.1', 'liblua5.1-cjson.so.0'])
    expect(parseMissingLibraries('\tstatically linked\n')).toEqual([])
  })
})

describe('libraryPackages', () => {
  it('leaves out what is installed, what is virtual, and what is no library', () => {
    const installed = 'libc6 installed\nlibgcc-s1 installed\nlua-cjson config-files\n'
    expect(libraryPackages(DEPENDS, installed)).toEqual(['libjemalloc2', 'libssl3', 'lua-cjson'])
  })
})

describe('missingDebianTools', () => {
  it('says which tools are missing where there are none', () => {
    expect(missingDebianTools({ PATH: '/nonexistent' })).toBe(
      'this is no Debian or Ubuntu (no apt-get, apt-cache, dpkg-deb, dpkg-query, ldd)',
    )
  })
})
