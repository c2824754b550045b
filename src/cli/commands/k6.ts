/** `doorbuster k6`: a scenario for k6 without the harness, on this machine or on a cluster. */
import { Command, InvalidArgumentError } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import type { Scenario, StepPlan } from '../../core/scenario.ts'
import { DEFAULT_IMAGE, k6Manifest } from '../../load/k6/manifest.ts'
import { standaloneScript } from '../../load/k6/script/standalone.ts'
import { planStep } from '../../scenario/index.ts'
import type { CommandContext } from '../command-context.ts'
import { integerAtLeast } from '../options.ts'
import { readScenario } from '../scenario-source.ts'

const DEFAULT_URL = 'http://127.0.0.1:3000'
const MAX_PODS = 1_000

interface ScriptOptions {
  readonly targetUrl: string
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
    .option('--target-url <url>', 'where the sale is, unless BASE_URL says otherwise', url, DEFAULT_URL)
    .option('--step <n>', 'only this step, from 1', integerAtLeast(1))
    .addHelpText('after', '\nExample:\n  doorbuster k6 script smoke > smoke.js\n')
    .action((name: string, { targetUrl, step }: ScriptOptions) => {
      const scenario = readScenario(name, {})
      const command = `doorbuster k6 script ${name}${step === undefined ? '' : ` --step ${step}`}`
      terminal.print(standaloneScript({ scenario, plans: plansOf(scenario, step), targetUrl, command }).trimEnd())
    })
}

function manifestCommand({ terminal }: CommandContext): Command {
  return new Command('manifest')
    .description('print a ConfigMap and a TestRun of the k6-operator, for several machines')
    .argument('<scenario>', 'a shipped scenario, or the path of a YAML file')
    .requiredOption('--parallelism <n>', 'pods that share the load', integerAtLeast(1, MAX_PODS))
    .requiredOption('--target-url <url>', 'where the sale is, as the pods see it', url)
    .option('--step <n>', 'only this step, from 1', integerAtLeast(1))
    .option('--namespace <name>', "in place of the context's own", dnsLabel)
    .option('--image <name>', 'image of the pods', DEFAULT_IMAGE)
    .option('--remote-write <url>', 'where Prometheus takes remote writes', url)
    .addHelpText(
      'after',
      '\nExample:\n  doorbuster k6 manifest smoke --parallelism 4 --target-url http://shop.default.svc:3000 | kubectl apply -f -\n',
    )
    .action((name: string, options: ManifestCommandOptions) => {
      const { parallelism, targetUrl, step, namespace = null, image, remoteWrite = null } = options
      const scenario = readScenario(name, {})
      if (parallelism > scenario.maxInFlight) {
        throw new HarnessError('USAGE', {
          message: `${parallelism} pods can't share ${scenario.maxInFlight} requests in flight`,
          hint: 'Each needs one at least: a smaller --parallelism, or a larger maxInFlight.',
        })
      }
      const command = `doorbuster k6 manifest ${name} --parallelism ${parallelism}`
      const script = standaloneScript({ scenario, plans: plansOf(scenario, step), targetUrl, parallelism, command })
      const manifest = k6Manifest({
        scenarioName: scenario.name,
        script,
        parallelism,
        targetUrl,
        namespace,
        image,
        remoteWriteUrl: remoteWrite,
        runId: `k6-${Date.now().toString(36)}`,
      })
      terminal.print(manifest.trimEnd())
    })
}

/** `step` counts from 1; absent: all. */
function plansOf(scenario: Scenario, step: number | undefined): StepPlan[] {
  const { length } = scenario.steps
  if (step === undefined) return scenario.steps.map((_, index) => planStep(scenario, index))
  if (step <= length) return [planStep(scenario, step - 1)]
  throw new HarnessError('USAGE', {
    message: `there is no step ${step}: the scenario ${scenario.name} has ${length}`,
    hint: `--step takes 1 to ${length}.`,
  })
}

function url(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.')
  }
  return text.replace(/\/+$/, '')
}

function dnsLabel(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError('It must be a DNS label: lower case letters, digits and hyphens, 63 at most.')
  }
  return text
}
