/**
 * Names of the environment variables by which a script is told what it must not hold. Those of the harness have a prefix
 * of their own, so that a secret of any name keeps its value. Pure.
 */

const OWN_PREFIX = 'DOORBUSTER_'

export const VARIABLES = {
  /** URL that answers when the step may begin. */
  gate: `${OWN_PREFIX}GATE`,
  /** Path of the rows of the plan, JSON. */
  rows: `${OWN_PREFIX}ROWS`,
  /** Path of the pool of buyers, JSON. */
  buyers: `${OWN_PREFIX}BUYERS`,
  /** Paths of the client's certificate and its key, PEM. */
  tlsCertificate: `${OWN_PREFIX}TLS_CERT`,
  tlsKey: `${OWN_PREFIX}TLS_KEY`,
  /** Which step a k6 scenario is, from 1. */
  step: `${OWN_PREFIX}STEP`,
} as const

/** Those that a script to keep reads, that are settings of k6 or of Go, or that the harness sets. */
const TAKEN = /^(?:K6_.*|DOORBUSTER_.*|BASE_URL|RUN_ID|SSL_CERT_(?:FILE|DIR)|.*_PROXY)$/i

/** By which name a script is handed a secret: its own, unless that means something else here. */
export function secretVariable(name: string): string {
  return TAKEN.test(name) ? `${OWN_PREFIX}SECRET_${name}` : name
}
