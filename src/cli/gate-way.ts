/**
 * Which two things a gate compares, by the options that were given. There are five ways, and whatever lies between them is
 * told with the ways that there are. Pure.
 */
import { HarnessError } from '../core/errors.ts'

export interface GateSideOptions {
  readonly target?: string
  readonly baselineTarget?: string
  readonly candidateTarget?: string
  readonly baselineRef?: string
  readonly candidateRef?: string
  readonly build?: string
  readonly baselineUrl?: string
  readonly candidateUrl?: string
  readonly baseline?: readonly string[]
  readonly candidate?: readonly string[]
}

export type GateWay =
  | { readonly by: 'targets'; readonly baseline: string; readonly candidate: string }
  | {
      readonly by: 'refs'
      readonly descriptor: string
      readonly baselineRef: string
      readonly candidateRef: string | null
      readonly build: string | null
    }
  | { readonly by: 'urls'; readonly descriptor: string; readonly baseline: string; readonly candidate: string }
  | { readonly by: 'stored-baseline'; readonly baseline: readonly string[]; readonly candidate: string }
  | { readonly by: 'stored'; readonly baseline: readonly string[]; readonly candidate: readonly string[] }

/** Throws HarnessError USAGE. */
export function gateWay(options: GateSideOptions): GateWay {
  const { target, baselineTarget, candidateTarget, baselineRef, baselineUrl, baseline } = options
  const baselines = named({ baselineTarget, baselineRef, baselineUrl, baseline })
  if (baselines.length === 0) throw noneGiven()
  if (baselines.length > 1) throw usage(`one baseline, and not ${baselines.join(' and ')}`)
  if (baselineTarget !== undefined) {
    refuse(options, ['target', 'candidateRef', 'build', 'candidateUrl', 'candidate'], '--baseline-target')
    if (candidateTarget === undefined) throw usage('--baseline-target needs a --candidate-target beside it')
    return { by: 'targets', baseline: baselineTarget, candidate: candidateTarget }
  }
  if (baselineRef !== undefined) return byRefs(options, baselineRef)
  if (baselineUrl !== undefined) return byUrls(options, baselineUrl)
  return byStored(options, baseline!, candidateTarget ?? target)
}

function byRefs(options: GateSideOptions, baselineRef: string): GateWay {
  const { target: descriptor, candidateRef = null, build = null } = options
  refuse(options, ['candidateTarget', 'candidateUrl', 'candidate'], '--baseline-ref')
  if (descriptor === undefined)
    throw usage('--baseline-ref needs the descriptor that starts the service: --target shop.yaml')
  return { by: 'refs', descriptor, baselineRef, candidateRef, build }
}

function byUrls(options: GateSideOptions, baseline: string): GateWay {
  const { target: descriptor, candidateUrl: candidate } = options
  refuse(options, ['candidateTarget', 'candidateRef', 'build', 'candidate'], '--baseline-url')
  if (candidate === undefined) throw usage('--baseline-url needs a --candidate-url beside it')
  if (descriptor === undefined) throw usage('--baseline-url needs the descriptor of the service: --target shop.yaml')
  for (const url of [baseline, candidate]) refuseUrl(url)
  return { by: 'urls', descriptor, baseline, candidate }
}

function byStored(options: GateSideOptions, baseline: readonly string[], target: string | undefined): GateWay {
  refuse(options, ['candidateRef', 'build', 'candidateUrl'], '--baseline')
  const { candidate } = options
  if (options.target !== undefined && options.candidateTarget !== undefined) {
    throw usage('one candidate, and not --target and --candidate-target')
  }
  if ((target === undefined) === (candidate === undefined)) {
    throw usage('--baseline DIR is held against one of --candidate-target, --target and --candidate DIR')
  }
  if (candidate !== undefined) return { by: 'stored', baseline, candidate }
  return { by: 'stored-baseline', baseline, candidate: target! }
}

/** Those that say nothing beside the option that was given. */
function refuse(options: GateSideOptions, names: readonly (keyof GateSideOptions)[], beside: string): void {
  const given = named(Object.fromEntries(names.map((name) => [name, options[name]])))
  if (given.length > 0) throw usage(`${given.join(', ')} can't be used with ${beside}`)
}

function refuseUrl(url: string): void {
  if (/^https?:\/\/[^\s/{}]+[^\s{}]*$/.test(url) && URL.canParse(url)) return
  throw usage(`"${url}" is no URL of a service, such as http://127.0.0.1:8080`)
}

/** The options that have a value, as they are written. */
function named(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
}

const WAYS = [
  'doorbuster gate SCENARIO --baseline-target T --candidate-target T       a strategy, ./mine.ts or a descriptor each',
  'doorbuster gate SCENARIO --target shop.yaml --baseline-ref origin/main  the working tree against a ref; see --build',
  'doorbuster gate SCENARIO --target shop.yaml --baseline-url URL --candidate-url URL',
  'doorbuster gate [SCENARIO] --baseline DIR --candidate-target T          against runs that are stored',
  'doorbuster gate --baseline DIR --candidate DIR                          nothing is run',
]

function noneGiven(): HarnessError {
  return new HarnessError('USAGE', {
    message: 'which baseline? There are these ways to name it:',
    hint: WAYS.join('\n'),
  })
}

function usage(message: string): HarnessError {
  return new HarnessError('USAGE', { message, hint: 'doorbuster gate --help shows each way, and an example.' })
}
