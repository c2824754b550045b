import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { k6Manifest, type ManifestOptions } from './manifest.ts'

const OPTIONS: ManifestOptions = {
  scenarioName: 'Sneaker.Drop_2026',
  script: 'export default function () {\n  console.log("`${x}`")\n}\n',
  parallelism: 4,
  targetUrl: 'http://shop:3000',
  namespace: 'load',
  image: 'grafana/k6:1.8.0',
  remoteWriteUrl: 'http://prometheus:9090/api/v1/write',
  runId: 'k6-1',
  secrets: [],
}

// oxlint-disable-next-line typescript/no-explicit-any -- YAML without types
type Untyped = any

/** Names of fields, to the fields in them; true: anything. */
interface Fields {
  readonly [name: string]: true | Fields
}

const { fields: PUBLISHED } = JSON.parse(
  readFileSync(new URL('./testing/testrun-fields.json', import.meta.url), 'utf8'),
) as { readonly fields: Fields }

function documents(options: Partial<ManifestOptions> = {}): Untyped[] {
  return parseAllDocuments(k6Manifest({ ...OPTIONS, ...options })).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as unknown
  })
}

function unpublished(value: unknown, fields: true | Fields, path: string): string[] {
  if (fields === true || typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((one) => unpublished(one, fields, path))
  return Object.entries(value).flatMap(([name, one]) => {
    const known = fields[name]
    return known === undefined ? [`${path}.${name}`] : unpublished(one, known, `${path}.${name}`)
  })
}

describe('a manifest', () => {
  it('is a ConfigMap with the script as it is, and a TestRun that names it', () => {
    const [configMap, testRun] = documents()
    expect(configMap).toMatchObject({
      kind: 'ConfigMap',
      metadata: { name: 'sale-sneaker-drop-2026', namespace: 'load' },
    })
    expect(configMap.data['sale.js']).toBe(OPTIONS.script)
    expect(testRun).toMatchObject({
      apiVersion: 'k6.io/v1alpha1',
      kind: 'TestRun',
      spec: {
        parallelism: 4,
        cleanup: 'post',
        script: { configMap: { name: configMap.metadata.name, file: 'sale.js' } },
      },
    })
  })

  it('has only fields that the operator publishes', () => {
    const [, testRun] = documents()
    expect(unpublished(testRun, PUBLISHED, '')).toEqual([])
    expect(unpublished({ ...testRun, spec: { ...testRun.spec, parallel: 4 } }, PUBLISHED, '')).toEqual([
      '.spec.parallel',
    ])
  })

  it('has secrets from a Secret, and says how that is made', () => {
    const secrets = ['K6_VUS', 'SHOP_KEY']
    const env = documents({ secrets })[1].spec.runner.env as Untyped[]
    const name = 'doorbuster-sale-sneaker-drop-2026'
    expect(env.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([
      { name: 'DOORBUSTER_SECRET_K6_VUS', valueFrom: { secretKeyRef: { name, key: 'K6_VUS' } } },
      { name: 'SHOP_KEY', valueFrom: { secretKeyRef: { name, key: 'SHOP_KEY' } } },
    ])
    const hint = `kubectl create secret generic ${name} --namespace load --from-literal=K6_VUS="$K6_VUS"`
    expect(k6Manifest({ ...OPTIONS, secrets })).toContain(hint)
    expect(k6Manifest(OPTIONS)).not.toContain('kubectl')
  })

  it('sends metrics away where it is told to, and not otherwise', () => {
    const names = (testRun: Untyped): string[] => testRun.spec.runner.env.map(({ name }: { name: string }) => name)
    expect(documents()[1].spec.arguments).toBe('-o experimental-prometheus-rw')
    expect(names(documents()[1])).toContain('K6_PROMETHEUS_RW_SERVER_URL')
    const without = documents({ remoteWriteUrl: null })[1]
    expect(without.spec.arguments).toBeUndefined()
    expect(names(without)).not.toContain('K6_PROMETHEUS_RW_SERVER_URL')
  })

  it.each(['a'.repeat(63), '...', 'Ümlaut', 'x-'.repeat(40)])(
    'has a DNS label for a scenario named %s',
    (scenarioName) => {
      expect(documents({ scenarioName })[0].metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/)
    },
  )

  it('is refused where its script is larger than a ConfigMap can be', () => {
    expect(() => k6Manifest({ ...OPTIONS, script: '//\n'.repeat(200_000) })).toThrow(/takes 1048576 at most/)
    expect(() => k6Manifest({ ...OPTIONS, script: '//\n'.repeat(100_000) })).not.toThrow()
  })
})
