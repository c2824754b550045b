/** From the way that a gate compares by to its two sides, ready to be visited; and what has to be taken away at the end. */
import { resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { GateArm } from '../core/gate-record.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { checkOut, type DescriptorPlace } from '../run/gate/checkouts.ts'
import type { GateSide } from '../run/gate/gate-arm.ts'
import { isFolderOfGate, readStoredRuns } from '../run/gate/stored-runs.ts'
import { storedVisitsOf } from '../run/gate/stored-visits.ts'
import type { TargetChoice } from '../run/run-scenario.ts'
import { displayUrl } from '../target/index.ts'
import type { CommandContext } from './command-context.ts'
import { readDescriptor } from './descriptor-source.ts'
import type { GateWay } from './gate-way.ts'
import { chooseStrategy } from './strategy-choice.ts'

export interface GateSides extends AsyncDisposable {
  readonly baseline: GateSide
  readonly candidate: GateSide
  /** What a reader of the gate has to know, a sentence each. */
  readonly notes: readonly string[]
  /** What is hardly meant in a descriptor, a sentence each. */
  readonly warnings: readonly string[]
}

export interface TargetTerms {
  readonly instances: number
  /** Hosts beyond private networks that may be put under load. */
  readonly permittedHosts: readonly string[]
  /** What the candidate does more than its strategy asks of it. */
  readonly handicap?: string
}

/** Throws HarnessError; leaves nothing behind then. */
export async function gateSides(way: GateWay, terms: TargetTerms, context: CommandContext): Promise<GateSides> {
  switch (way.by) {
    case 'targets':
      return await sidesOf(targetSide(way.baseline, unhindered(terms)), targetSide(way.candidate, terms))
    case 'refs':
      return await sidesByRefs(way, terms, context)
    case 'urls':
      return await sidesOf(urlSide(way.descriptor, way.baseline, terms), urlSide(way.descriptor, way.candidate, terms))
    case 'stored-baseline':
      return await sidesOf(storedSide(way.baseline, 'baseline', false), targetSide(way.candidate, terms))
    case 'stored':
      return await sidesOfStored(way)
  }
}

interface Side {
  readonly side: GateSide
  readonly warnings: readonly string[]
}

async function sidesOf(baseline: Promise<Side>, candidate: Promise<Side>): Promise<GateSides> {
  const [one, other] = await Promise.all([baseline, candidate])
  return {
    baseline: one.side,
    candidate: other.side,
    notes: [],
    warnings: [...new Set([...one.warnings, ...other.warnings])],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function sidesByRefs(
  { descriptor, ...refs }: Extract<GateWay, { by: 'refs' }>,
  terms: TargetTerms,
  { terminal, env, signal }: CommandContext,
): Promise<GateSides> {
  const onWait = (what: string): void => terminal.say(`${what} ...`)
  const checkouts = await checkOut({ ...refs, descriptor, folder: '.', env, signal, onWait })
  try {
    const { baseline, candidate, notes } = checkouts
    const sides = await sidesOf(
      describedSide(`${descriptor} at ${baseline.label}`, readDescriptor(descriptor, baseline.descriptor), terms),
      describedSide(`${descriptor} at ${candidate.label}`, readDescriptor(descriptor, candidate.descriptor), terms),
    )
    refuseWithoutStart(sides.baseline, baseline.descriptor)
    return { ...sides, notes, [Symbol.asyncDispose]: () => checkouts[Symbol.asyncDispose]() }
  } catch (error) {
    await checkouts[Symbol.asyncDispose]()
    throw error
  }
}

/** Both sides would be the one service that runs already. */
function refuseWithoutStart(side: GateSide, { shownAs }: DescriptorPlace): void {
  if (side.kind !== 'target' || side.target.kind !== 'service' || side.target.descriptor.start !== null) return
  throw new HarnessError('USAGE', {
    message: `${shownAs} doesn't say how the service is started, so that both refs would be the one that runs already`,
    hint: 'Add `start: {command: ...}`, or compare two services that run by --baseline-url and --candidate-url.',
  })
}

function unhindered({ handicap: _ofTheCandidate, ...terms }: TargetTerms): TargetTerms {
  return terms
}

/** A strategy's name, the path of a module with one, or that of a descriptor. */
async function targetSide(text: string, terms: TargetTerms): Promise<Side> {
  if (/\.ya?ml$/i.test(text)) return await describedSide(text, readDescriptor(text), terms)
  const { description: strategy, module: strategyModule } = await chooseStrategy(text)
  const { instances, handicap } = terms
  const target: TargetChoice = { kind: 'strategy', strategy, strategyModule, instances, handicap }
  const name = handicap === undefined ? text : `${text} (handicap ${handicap})`
  return { side: { kind: 'target', name, target }, warnings: [] }
}

function urlSide(path: string, url: string, terms: TargetTerms): Promise<Side> {
  const { descriptor, warnings } = readDescriptor(path)
  if (descriptor.start !== null) {
    throw new HarnessError('USAGE', {
      message: `${path} starts the service itself, and --baseline-url and --candidate-url are for two that run already`,
      hint: 'Leave `start` out of it, or compare two refs of the repository by --baseline-ref.',
    })
  }
  return describedSide(
    displayUrl(url),
    { descriptor: { ...descriptor, url: [url.replace(/\/+$/, '')] }, warnings },
    terms,
  )
}

async function describedSide(
  name: string,
  { descriptor, warnings }: { readonly descriptor: TargetDescriptor; readonly warnings: readonly string[] },
  { permittedHosts }: Pick<TargetTerms, 'permittedHosts'>,
): Promise<Side> {
  return { side: { kind: 'target', name, target: { kind: 'service', descriptor, permittedHosts } }, warnings }
}

async function sidesOfStored({ baseline, candidate }: Extract<GateWay, { by: 'stored' }>): Promise<GateSides> {
  const isOfOneGate = isOneGate([...baseline, ...candidate])
  return await sidesOf(storedSide(baseline, 'baseline', isOfOneGate), storedSide(candidate, 'candidate', isOfOneGate))
}

/** Its visits were interleaved, and are judged so again. */
function isOneGate(folders: readonly string[]): boolean {
  return new Set(folders.map((folder) => resolve(folder))).size === 1 && isFolderOfGate(folders[0]!)
}

async function storedSide(folders: readonly string[], arm: GateArm, isOfOneGate: boolean): Promise<Side> {
  const stored = storedVisitsOf(await readStoredRuns(folders, arm), { folders, arm, isOfOneGate })
  return { side: { kind: 'stored', name: `stored: ${folders.join(', ')}`, stored }, warnings: [] }
}
