/** `doorbuster k6`: a scenario for k6 without the harness, on this machine or on a cluster. */
import { Command, InvalidArgumentError } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import type { Scenario, StepPlan } from '../../core/scenario.ts'
import type { TargetDescriptor } from '../../core/target-descriptor.ts'
import { DEFAULT_IMAGE, k6Manifest } from '../../load/k6/manifest.ts'
import { secretsOfScript, type StandaloneOptions, standaloneScript } from '../../load/k6/script/standalone.ts'
import { refuseOtherModel } from '../../run/model-fit.ts'
import { planStep } from '../../scenario/index.ts'
import type { CommandContext } from '../command-context.ts'
import { readDescriptor } from '../descriptor-source.ts'
import { integerAtLeast } from '../options.ts'
import { readScenario } from '../scenario-source.ts'

const DEFAULT_URL = 'http://127.0.0.1:3000'
const MAX_PODS = 1_000

interface ScriptOptions {
  readonly target?: string
  readonly targetUrl?: string
  readonly step?: number
}

interface ManifestCommandOptions extends ScriptOptions {
  readonly parallelism: number
  readonly namespace?: string
  readonly image: string
  readonly remoteWrite?: string
}

export function k6Command(context: CommandContext): Command {
  return new Command('k6')
    .description('a scenario for k6 without the harness: its script, or manifests for a cluster')
    .addCommand(scriptCommand(context).exitOverride().showHelpAfterError())
    .addCommand(manifestCommand(context).exitOverride().showHelpAfterError())
}

function scriptCommand({ terminal }: CommandContext): Command {
  return new Command('script')
    .description('print a k6 script that runs with plain `k6 run`, and can be edited')
    .argument('<scenario>', 'a shipped scenario, or the path of a YAML file')
    .option(
      '--target-url <url>',
      `where the sale is, unless BASE_URL says otherwise (default: "${DEFAULT_URL}")`,
      baseUrl,
    )
    .option('--target <file>', 'in place of the reference server a service of your own, by its descriptor')
    .option('--step <n>', 'only this step, from 1', integerAtLeast(1))
    .addHelpText('after', '\nExample:\n  doorbuster k6 script smoke > smoke.js\n')
    .action((name: string, { target, targetUrl, step }: ScriptOptions) => {
      const scenario = readScenario(name, {})
      const described = target === undefined ? null : readDescriptor(target).descriptor
      const words = ['doorbuster k6 script', name, ...(target === undefined ? [] : ['--target', target])]
      const script = standaloneScript({
        scenario,
        plans: plansOf(scenario, step, described),
        targetUrl: targetUrl ?? urlOf(described),
        ...protocolOf(described),
        command: [...words, ...(step === undefined ? [] : ['--step', String(step)])].join(' '),
      })
      terminal.print(script.trimEnd())
    })
}

function manifestCommand({ terminal }: CommandContext): Command {
  return new Command('manifest')
    .description('print a ConfigMap and a TestRun of the k6-operator, for several machines')
    .argument('<scenario>', 'a shipped scenario, or the path of a YAML file')
    .requiredOption('--parallelism <n>', 'pods that share the load', integerAtLeast(1, MAX_PODS))
    .requiredOption('--target-url <url>', 'where the sale is, as the pods see it', baseUrl)
    .option('--target <file>', 'in place of the reference server a service of your own, by its descriptor')
    .option('--step <n>', 'only this step, from 1', integerAtLeast(1))
    .option('--namespace <name>', "in place of the context's own", dnsLabel)
    .option('--image <name>', 'image of the pods', DEFAULT_IMAGE)
    .option('--remote-write <url>', 'where Prometheus takes remote writes', urlWithoutCredentials)
    .addHelpText(
      'after',
      '\nExample:\n  doorbuster k6 manifest smoke --parallelism 4 --target-url http://shop.default.svc:3000 | kubectl apply -f -\n',
    )
    .action((name: string, options: ManifestCommandOptions) => {
      const { parallelism, target, step, namespace = null, image, remoteWrite = null } = options
      const scenario = readScenario(name, {})
      const targetUrl = options.targetUrl!
      const described = target === undefined ? null : readDescriptor(target).descriptor
      if (described !== null) refuseFiles(described)
      if (parallelism > scenario.maxInFlight) {
        throw new HarnessError('USAGE', {
          message: `${parallelism} pods can't share ${scenario.maxInFlight} requests in flight`,
          hint: 'Each needs one at least: a smaller --parallelism, or a larger maxInFlight.',
        })
      }
      const command = `doorbuster k6 manifest ${name} --parallelism ${parallelism}`
      const plans = plansOf(scenario, step, described)
      const script = standaloneScript({ scenario, plans, targetUrl, parallelism, command, ...protocolOf(described) })
      const manifest = k6Manifest({
        scenarioName: scenario.name,
        script,
        parallelism,
        targetUrl,
        namespace,
        image,
        remoteWriteUrl: remoteWrite,
        secrets: secretsOfScript(protocolOf(described).described),
        runId: `k6-${Date.now().toString(36)}`,
      })
      terminal.print(manifest.trimEnd())
    })
}

/** `step` counts from 1; absent: all. */
function plansOf(scenario: Scenario, step: number | undefined, described: TargetDescriptor | null): StepPlan[] {
  const { length } = scenario.steps
  refuseOtherModel({ name: 'k6', model: 'open' }, scenario)
  const planned = (index: number): StepPlan => sellingItsSkus(planStep(scenario, index), described)
  if (step === undefined) return scenario.steps.map((_, index) => planned(index))
  if (step <= length) return [planned(step - 1)]
  throw new HarnessError('USAGE', {
    message: `there is no step ${step}: the scenario ${scenario.name} has ${length}`,
    hint: `--step takes 1 to ${length}.`,
  })
}

function sellingItsSkus(plan: StepPlan, described: TargetDescriptor | null): StepPlan {
  const skus = described?.skus ?? null
  if (skus === null) return plan
  if (skus.length < plan.sales.length) {
    throw new HarnessError('USAGE', {
      message: `the scenario sells ${plan.sales.length} SKUs, and the descriptor names ${skus.length}`,
    })
  }
  return { ...plan, sales: plan.sales.map((sale, index) => ({ ...sale, sku: skus[index]! })) }
}

function protocolOf(described: TargetDescriptor | null): Pick<StandaloneOptions, 'described'> {
  if (described === null) return {}
  const { protocol, headers, buyers, tls } = described
  if (tls !== null && tls.serverName !== null) {
    throw new HarnessError('USAGE', {
      message: 'k6 has no way to ask for another server name in TLS than the URL’s',
    })
  }
  // Who is in the pool is read when the script runs.
  const pool = buyers.pool === null ? null : []
  return {
    described: {
      protocol,
      headers,
      identities: { userIdPrefix: buyers.userIdPrefix, pool },
      ...(tls !== null && {
        tls: {
          insecure: tls.insecure,
          hasAuthority: tls.caFile !== null,
          hasClientCertificate: tls.certFile !== null && tls.keyFile !== null,
        },
      }),
    },
  }
}

/** A manifest holds the script alone. */
function refuseFiles({ name, buyers, tls }: TargetDescriptor): void {
  const files = [
    ...(buyers.pool === null ? [] : ['a pool of buyers']),
    ...(tls?.certFile == null ? [] : ['a certificate of the client']),
    ...(tls?.caFile == null ? [] : ['a certificate authority of its own']),
  ]
  if (files.length === 0) return
  throw new HarnessError('USAGE', {
    message: `${name} has ${files.join(', ')}: files that the pods of a manifest don't have`,
    hint: 'Put them on a volume or into an image together with the script that `doorbuster k6 script` prints; its first lines say how each is named.',
  })
}

/** Throws HarnessError USAGE where the URL holds what only the environment knows. */
function urlOf(described: TargetDescriptor | null): string {
  if (described === null) return DEFAULT_URL
  const parts = described.url.filter((part) => typeof part === 'string')
  if (parts.length === described.url.length) return parts.join('')
  throw new HarnessError('USAGE', {
    message: `the URL of ${described.name} is completed from the environment, which a script must not hold`,
    hint: 'Say it with --target-url; BASE_URL says it anew when the script runs.',
  })
}

function url(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.')
  }
  return text.replace(/\/+$/, '')
}

function baseUrl(text: string): string {
  const { username, password, search, hash } = new URL(url(text))
  if (username + password + search + hash === '') return url(text)
  throw new InvalidArgumentError('It is what paths are put behind: without credentials, query and fragment.')
}

/** A manifest is printed, and kept. */
function urlWithoutCredentials(text: string): string {
  const { username, password } = new URL(url(text))
  if (username === '' && password === '') return url(text)
  throw new InvalidArgumentError(
    'It must hold no credentials: give them to the pods as K6_PROMETHEUS_RW_USERNAME and K6_PROMETHEUS_RW_PASSWORD, from a Secret.',
  )
}

function dnsLabel(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError('It must be a DNS label: lower case letters, digits and hyphens, 63 at most.')
  }
  return text
}
