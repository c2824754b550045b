/**
 * What a descriptor may ask for at most, and what holds where it says nothing. The schema, its error messages and the
 * documentation read these; nothing else states a bound.
 */

export const DESCRIPTOR_LIMITS = {
  /** Characters of one text with placeholders, of a statement, of a command. */
  textLength: 20_000,
  patternLength: 1_000,
  pointerLength: 500,
  /** Of one mapping of headers, query or form. */
  fields: 200,
  actions: 100,
  statements: 1_000,
  outcomes: 100,
  resources: 50,
  skus: 1_000,
  skuLength: 64,
  userIdPrefixLength: 64,
  logins: 1_000_000,
  cores: 10_000,
  maxRatePerSec: 1_000_000,
  /** Of what is started, stopped, asked until it is settled. */
  deadlineMs: { min: 100, max: 3_600_000 },
  everyMs: { min: 10, max: 60_000 },
  pollDeadlineMs: { min: 10, max: 300_000 },
  warmUpMs: { min: 100, max: 600_000 },
  quietMs: { min: 1, max: 5_000 },
} as const

export const DESCRIPTOR_DEFAULTS = {
  startDeadlineMs: 30_000,
  /** An image may have to be pulled first. */
  imageDeadlineMs: 300_000,
  commandDeadlineMs: 30_000,
  settleEveryMs: 200,
  settleDeadlineMs: 30_000,
  pollEveryMs: 100,
  pollDeadlineMs: 10_000,
  userIdPrefix: 'u',
  soldMeans: 'paid',
} as const
