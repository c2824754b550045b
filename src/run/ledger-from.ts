/** The ledger that a descriptor names, read now: for a sale that was driven by somebody else's machines. */
import { DEFAULT_IDENTITIES } from '../core/buyer-protocol.ts'
import { HarnessError } from '../core/errors.ts'
import type { LedgerSnapshot } from '../core/ledger.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { readDescribedLedger } from '../ledger/index.ts'
import { openAccess, secretsOf } from '../target/index.ts'
import { newRunId } from './run-id.ts'

/**
 * One snapshot a SKU, in their order. Secrets are asked for only where the ledger needs them.
 * Throws HarnessError USAGE for a descriptor without a ledger, SERVICE_FAILED when one can't be read.
 */
export async function readLedgerFrom(
  descriptor: TargetDescriptor,
  skus: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<LedgerSnapshot[]> {
  const { ledger } = descriptor
  if (ledger === null) {
    throw new HarnessError('USAGE', {
      message: `the descriptor of ${descriptor.name} names no ledger`,
      hint: 'docs/target.md says how one is described.',
    })
  }
  const access = openAccess(descriptor, secretsOf(onlyItsLedger(descriptor), env))
  const terms = {
    ledger,
    access,
    runId: newRunId(),
    stepIndex: 0,
    settled: true,
    shownAfterSettling: null,
    exclude: new Set<string>(),
    identities: DEFAULT_IDENTITIES,
    requestIdPrefix: '',
  }
  try {
    const ledgers: LedgerSnapshot[] = []
    for (const sku of skus) ledgers.push(await readDescribedLedger({ ...terms, sku }))
    return ledgers
  } finally {
    await access[Symbol.asyncDispose]()
  }
}

function onlyItsLedger(descriptor: TargetDescriptor): TargetDescriptor {
  const { protocol } = descriptor
  const buy = { ...protocol.buy, path: ['/'], headers: [], body: null }
  return {
    ...descriptor,
    start: null,
    stop: null,
    resources: [],
    open: null,
    settle: [],
    close: [],
    buyers: { userIdPrefix: '', pool: null },
    protocol: { buy, outcomes: [], read: null, poll: null },
  }
}
