/**
 * Versions as servers and packages print them, and the oldest that the strategies run on. Pure.
 */
import type { StoreName } from '../core/catalogue.ts'

/** Major and minor; what follows never decides here. */
export type Version = readonly [major: number, minor: number]

/**
 * Postgres 14 is the oldest release still maintained when this was written. Redis 6.2 brought XAUTOCLAIM, by which the
 * drain takes over the entries of a dead consumer.
 */
const OLDEST_VERSION: Readonly<Record<StoreName, Version>> = { postgres: [14, 0], redis: [6, 2] }

/** The first "N.N" (or lone "N") of a text such as `postgres (PostgreSQL) 15.18 (Debian ...)`; null if there is none. */
export function parseVersion(text: string): Version | null {
  const match = /(?<![\d.])(\d+)(?:\.(\d+))?/.exec(text)
  return match ? [Number(match[1]), Number(match[2] ?? 0)] : null
}

/** Below zero when `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1]
}

/** A sentence when `text` names a version that is too old or none at all; null when it will do. */
export function versionProblem(store: StoreName, text: string): string | null {
  const version = parseVersion(text)
  if (!version) return `its version is not known ("${text}")`
  const oldest = OLDEST_VERSION[store]
  if (compareVersions(version, oldest) >= 0) return null
  return `version ${version.join('.')} is too old: ${oldest.join('.')} or newer is needed`
}

/** The version alone, as exact as the text has it: `7.0.15` of `Redis server v=7.0.15 sha=00000000:0`. */
export function versionNumber(text: string): string {
  return /(?<![\d.])\d+(?:\.\d+)*/.exec(text)?.[0] ?? 'unknown'
}
