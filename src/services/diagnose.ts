/** What `doorbuster doctor` shows: each provider of each store, whether it can be used, and what to do where it can't. */
import type { StoreName } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import type { Provider } from './provider.ts'
import { PROVIDERS, STORE_NAMES } from './providers.ts'
import type { Environment, ProviderName } from './service.ts'

interface Diagnosed {
  readonly store: StoreName
  readonly provider: ProviderName
  /** Whether `--services auto` takes this one; a server that is named but can't be used is taken, and fails. */
  readonly chosenByAuto: boolean
}

interface Usable extends Diagnosed {
  readonly found: true
  readonly version: string
  /** Path of the program, or host of the server. */
  readonly where: string
}

interface Unusable extends Diagnosed {
  readonly found: false
  readonly missing: string
  /** May have several lines. */
  readonly remedy: string
}

export type ServiceDiagnosis = Usable | Unusable

/** In the order in which `auto` tries them. Connects to servers that are named, starts none. Throws nothing. */
export async function diagnoseServices(env: Environment): Promise<ServiceDiagnosis[]> {
  const all: ServiceDiagnosis[] = []
  for (const store of STORE_NAMES) {
    let free = true
    for (const provider of PROVIDERS[store]) {
      const diagnosis = await diagnose(store, provider, env, free)
      free &&= !diagnosis.chosenByAuto
      all.push(diagnosis)
    }
  }
  return all
}

async function diagnose(
  store: StoreName,
  provider: Provider<unknown>,
  env: Environment,
  free: boolean,
): Promise<ServiceDiagnosis> {
  const of = { store, provider: provider.name }
  try {
    const finding = await provider.find(env)
    if (!finding.found) return { ...of, ...finding, chosenByAuto: false }
    const version = await finding.readVersion()
    return { ...of, found: true, version, where: finding.where, chosenByAuto: free }
  } catch (error) {
    const hint = error instanceof HarnessError ? error.hint : undefined
    return { ...of, found: false, missing: (error as Error).message, remedy: hint ?? '', chosenByAuto: free }
  }
}
