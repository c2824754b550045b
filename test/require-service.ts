/**
 * For tests that need real stores. On a laptop that lacks one they are skipped, and loudly; where DOORBUSTER_REQUIRE
 * names it (`postgres,redis,embedded`, as CI does) its absence is a failure, so that nothing is skipped unseen there.
 *
 * `postgres` and `redis`: from any provider that `auto` would take. `embedded`: both as the package and the set-up
 * bring them. `local`: a Postgres installed on this machine. `docker`: an engine that answers. `mariadb`: a MariaDB
 * installed on this machine (test/mariadb.ts starts it). `k6`: a k6 that runs. `prometheus`: one installed on this machine
 * (test/prometheus.ts starts it). `alertmanager`: likewise. `chromium`: a browser of that family (test/browser.ts).
 * `python`: one that can make a virtual environment, and an index from which it is filled (test/python.ts).
 */
/* oxlint-disable vitest/expect-expect, vitest/no-conditional-tests, vitest/no-disabled-tests, vitest/valid-describe-callback, vitest/valid-title -- it declares the tests of others, by their titles and on their conditions */
import { describe, it } from 'vitest'
import { findK6 } from '../src/load/k6/find-k6.ts'
import { diagnoseServices, type ServiceDiagnosis } from '../src/services/index.ts'
import { missingAlertmanager } from './alertmanager.ts'
import { missingMariaDb } from './mariadb.ts'
import { missingBrowser } from './browser.ts'
import { missingPrometheus } from './prometheus.ts'
import { missingPython } from './python.ts'

export type RequiredService =
  | 'postgres'
  | 'redis'
  | 'embedded'
  | 'local'
  | 'docker'
  | 'mariadb'
  | 'k6'
  | 'prometheus'
  | 'chromium'
  | 'alertmanager'
  | 'python'

const diagnoses = await diagnoseServices(process.env)
const required = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').map((name) => name.trim())

const PRESENT: Readonly<Record<RequiredService, () => boolean>> = {
  postgres: () => diagnoses.some(({ store, chosenByAuto, found }) => store === 'postgres' && chosenByAuto && found),
  redis: () => diagnoses.some(({ store, chosenByAuto, found }) => store === 'redis' && chosenByAuto && found),
  embedded: () => diagnoses.filter(({ provider }) => provider === 'embedded').every(({ found }) => found),
  docker: () => diagnoses.filter(({ provider }) => provider === 'docker').every(({ found }) => found),
  mariadb: () => missingMariaDb() === null,
  k6: () => missingK6() === null,
  prometheus: () => missingPrometheus() === null,
  chromium: () => missingBrowser() === null,
  alertmanager: () => missingAlertmanager() === null,
  python: () => missingPython() === null,
  local: () => diagnoses.some(({ store, provider, found }) => store === 'postgres' && provider === 'local' && found),
}

/** `describe`, where the services are there; else a skip that says what is missing, or a failure where it is required. */
export function describeWithServices(services: readonly RequiredService[], title: string, tests: () => void): void {
  const missing = services.filter((service) => !PRESENT[service]())
  if (missing.length === 0) {
    describe(title, tests)
    return
  }
  const why = missing.map((service) => `${service}: ${reasons(service)}`).join('; ')
  if (missing.some((service) => required.includes(service))) {
    describe(title, () => {
      it(`has ${missing.join(' and ')}`, () => {
        throw new Error(`DOORBUSTER_REQUIRE names what is missing here: ${why}`)
      })
    })
    return
  }
  process.stderr.write(`\nSKIPPED "${title}", because of what is missing: ${why}\n`)
  describe.skip(title, tests)
}

/** Why there is none; null: there is. */
function missingK6(): string | null {
  try {
    findK6(process.env)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function reasons(service: RequiredService): string {
  if (service === 'mariadb') return missingMariaDb() ?? ''
  if (service === 'k6') return missingK6() ?? ''
  if (service === 'prometheus') return missingPrometheus() ?? ''
  if (service === 'chromium') return missingBrowser() ?? ''
  if (service === 'alertmanager') return missingAlertmanager() ?? ''
  if (service === 'python') return missingPython() ?? ''
  const of = diagnoses.filter((diagnosis) => concerns(diagnosis, service))
  return of.flatMap((diagnosis) => (diagnosis.found ? [] : [`${diagnosis.provider}: ${diagnosis.missing}`])).join(', ')
}

function concerns({ store, provider }: ServiceDiagnosis, service: RequiredService): boolean {
  return service === store || service === provider
}
