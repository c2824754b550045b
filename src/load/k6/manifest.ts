/**
 * A scenario for the k6-operator: a ConfigMap that holds the script, and a TestRun (`k6.io/v1alpha1`) that runs it in
 * several pods. The operator gives each its execution segment, and starts all at once. Pure.
 */
import { stringify } from 'yaml'
import { HarnessError } from '../../core/errors.ts'
import { secretVariable } from './script/environment-names.ts'

export interface ManifestOptions {
  readonly scenarioName: string
  readonly script: string
  readonly parallelism: number
  readonly targetUrl: string
  readonly namespace: string | null
  readonly image: string
  /** Where Prometheus takes remote writes; null: nowhere. */
  readonly remoteWriteUrl: string | null
  /** One for all pods of a run, and another for each run: request ids begin with it. */
  readonly runId: string
  /** Names of the secrets that requests hold, in order. */
  readonly secrets: readonly string[]
}

export const DEFAULT_IMAGE = 'grafana/k6:1.8.0'

/** Of a whole object in etcd, as Kubernetes takes it. */
const MAX_CONFIG_MAP_BYTES = 1 << 20
const MAX_LABEL_CHARACTERS = 63
/** The operator makes names of it: `<name>-initializer`, `<name>-service-<n>`. */
const SUFFIX_CHARACTERS = '-service-9999'.length
const SCRIPT_FILE = 'sale.js'

/** Two YAML documents. Throws HarnessError USAGE where the script is larger than a ConfigMap can be. */
export function k6Manifest(options: ManifestOptions): string {
  const name = labelOf(`sale-${options.scenarioName}`, MAX_LABEL_CHARACTERS - SUFFIX_CHARACTERS)
  const metadata = { name, ...(options.namespace !== null && { namespace: options.namespace }) }
  const configMap = stringify(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [SCRIPT_FILE]: options.script } },
    { lineWidth: 0 },
  )
  const bytes = Buffer.byteLength(configMap)
  if (bytes > MAX_CONFIG_MAP_BYTES) {
    throw new HarnessError('USAGE', {
      message: `the ConfigMap would have ${bytes} bytes, and Kubernetes takes ${MAX_CONFIG_MAP_BYTES} at most`,
      hint: 'Put the script on a volume (spec.script.volumeClaim), or into an image (spec.script.localFile): `doorbuster k6 script` prints it.',
    })
  }
  return `${secretHint(options, name)}${configMap}---\n${stringify({ apiVersion: 'k6.io/v1alpha1', kind: 'TestRun', metadata, spec: specOf(name, options) }, { lineWidth: 0 })}`
}

/** A comment that says how the Secret is made that the TestRun names. */
function secretHint({ secrets, namespace }: ManifestOptions, name: string): string {
  if (secrets.length === 0) return ''
  const literals = secrets.map((secret) => `--from-literal=${secret}="$${secret}"`).join(' ')
  const of = namespace === null ? '' : ` --namespace ${namespace}`
  return `# Its secrets are in a Secret, made before:\n#   kubectl create secret generic ${secretName(name)}${of} ${literals}\n`
}

function secretName(name: string): string {
  return `doorbuster-${name}`
}

function specOf(configMap: string, options: ManifestOptions): object {
  const { parallelism, remoteWriteUrl, image, targetUrl, runId, secrets } = options
  const env = [
    { name: 'BASE_URL', value: targetUrl },
    { name: 'RUN_ID', value: runId },
    ...secrets.map((key) => ({
      name: secretVariable(key),
      valueFrom: { secretKeyRef: { name: secretName(configMap), key } },
    })),
    { name: 'K6_NO_USAGE_REPORT', value: 'true' },
    ...(remoteWriteUrl === null
      ? []
      : [
          { name: 'K6_PROMETHEUS_RW_SERVER_URL', value: remoteWriteUrl },
          // Percentiles of several pods can't be put together; histograms can.
          { name: 'K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM', value: 'true' },
        ]),
  ]
  return {
    parallelism,
    script: { configMap: { name: configMap, file: SCRIPT_FILE } },
    ...(remoteWriteUrl !== null && { arguments: '-o experimental-prometheus-rw' }),
    // A generator that shares its machine with another measures its neighbour.
    separate: parallelism > 1,
    cleanup: 'post',
    runner: {
      image,
      env,
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
    },
  }
}

/** A DNS label: lower case, digits and hyphens, no hyphen at either end. */
function labelOf(text: string, mostCharacters: number): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, mostCharacters)
    .replace(/-+$/, '')
}
