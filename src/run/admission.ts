/**
 * Whether a described target may be put under this load, and whether its buyers are enough for it, as far as can be known
 * before anything of it is started.
 */
import type { BuyerIdentities } from '../core/buyer-protocol.ts'
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { checkMayTest, type OpenedAccess, readBuyers, type Secrets } from '../target/index.ts'
import { rateCap, refuseAboveCap } from './rate-cap.ts'
import { fitToPool } from './scenario-fit.ts'

export interface AdmissionTerms {
  readonly descriptor: TargetDescriptor
  readonly permittedHosts: readonly string[]
  readonly scenario: Scenario
  readonly model: LoadModel
  readonly secrets: Secrets
  readonly access: OpenedAccess
}

export interface Admission {
  /** null: no cap. */
  readonly maxRatePerSec: number | null
  /** null: they log in, for which the service has to run. */
  readonly named: BuyerIdentities | null
}

/** Throws HarnessError USAGE; TARGET_UNREACHABLE when the host has no address. */
export async function admit(terms: AdmissionTerms): Promise<Admission> {
  const { descriptor, permittedHosts, scenario, model, secrets, access } = terms
  const standing = await checkMayTest(access.baseUrl, permittedHosts)
  refuseAboveCap(descriptor, standing, scenario, model)
  const maxRatePerSec = rateCap(descriptor, standing)
  const { pool } = descriptor.buyers
  if (pool?.kind === 'login') {
    fitToPool(scenario, { pool: { length: pool.count } })
    return { maxRatePerSec, named: null }
  }
  const named = await readBuyers(descriptor, access, { secrets, maxRatePerSec })
  fitToPool(scenario, named)
  return { maxRatePerSec, named }
}
