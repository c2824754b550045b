/**
 * Who is compared: each target under each of the settings that make a difference to it. Where two settings differ in
 * a store that a strategy doesn't use, it runs once.
 */
import type { Contestant } from '../core/compare-record.ts'
import type { StoreName } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import type { ServiceSettings } from '../services/service.ts'
import type { EngineChoice, EngineName } from './engines.ts'
import { strategyTargetOf } from './reference-target.ts'
import type { TargetChoice } from './run-scenario.ts'

/** A full cross of these; one value each where nothing is crossed. */
export interface Crossing {
  readonly engines: readonly EngineName[]
  readonly instances: readonly number[]
  readonly synchronousCommit: readonly ServiceSettings['synchronousCommit'][]
  readonly appendfsync: readonly ServiceSettings['appendfsync'][]
}

export interface ComparedTarget {
  readonly choice: TargetChoice
  /** Nobody asked for it by name. */
  readonly broughtAlong: boolean
}

export interface PlannedContestant {
  readonly contestant: Contestant
  readonly target: TargetChoice
  readonly engine: EngineChoice
  readonly settings: ServiceSettings
  readonly broughtAlong: boolean
}

interface Setting {
  readonly engine: EngineName
  readonly instances: number
  readonly synchronousCommit: ServiceSettings['synchronousCommit']
  readonly appendfsync: ServiceSettings['appendfsync']
}

/** Throws HarnessError USAGE where two could not be told apart by name. */
export function contestantsOf(targets: readonly ComparedTarget[], crossing: Crossing): PlannedContestant[] {
  const planned = targets.flatMap((target) => {
    const own = crossingFor(target.choice, crossing)
    return settingsOf(own).map((setting) => contestantOf(target, setting, own))
  })
  refuseSameNames(planned.map(({ contestant }) => contestant.name))
  return planned
}

function crossingFor(choice: TargetChoice, crossing: Crossing): Crossing {
  const first = <T>(values: readonly T[]): readonly T[] => values.slice(0, 1)
  const uses = (store: StoreName): boolean => choice.kind === 'strategy' && choice.strategy.needs.includes(store)
  return {
    engines: crossing.engines,
    instances: choice.kind === 'strategy' ? crossing.instances : [1],
    synchronousCommit: uses('postgres') ? crossing.synchronousCommit : first(crossing.synchronousCommit),
    appendfsync: uses('redis') ? crossing.appendfsync : first(crossing.appendfsync),
  }
}

function settingsOf({ engines, instances, synchronousCommit, appendfsync }: Crossing): Setting[] {
  return engines.flatMap((engine) =>
    instances.flatMap((count) =>
      synchronousCommit.flatMap((commit) =>
        appendfsync.map((fsync) => ({ engine, instances: count, synchronousCommit: commit, appendfsync: fsync })),
      ),
    ),
  )
}

function contestantOf({ choice, broughtAlong }: ComparedTarget, setting: Setting, own: Crossing): PlannedContestant {
  const target = choice.kind === 'strategy' ? { ...choice, instances: setting.instances } : choice
  const differing = differences(setting, own)
  const words = Object.entries(differing).map(([name, value]) =>
    name === 'instances' ? `${value} instance${value === '1' ? '' : 's'}` : `${name} ${value}`,
  )
  const name = nameOf(target)
  return {
    contestant: {
      name: words.length === 0 ? name : `${name} (${words.join(', ')})`,
      ...described(target),
      settings: differing,
    },
    target,
    engine: { name: setting.engine },
    settings: { synchronousCommit: setting.synchronousCommit, appendfsync: setting.appendfsync },
    broughtAlong,
  }
}

/** What sets it apart from its kin, by the names that the stores themselves have for it. */
function differences(
  setting: Setting,
  { engines, instances, synchronousCommit, appendfsync }: Crossing,
): Record<string, string> {
  return {
    ...(engines.length > 1 && { engine: setting.engine }),
    ...(instances.length > 1 && { instances: String(setting.instances) }),
    ...(synchronousCommit.length > 1 && { synchronous_commit: setting.synchronousCommit }),
    ...(appendfsync.length > 1 && { appendfsync: setting.appendfsync }),
  }
}

function nameOf(target: TargetChoice): string {
  return target.kind === 'strategy' ? target.strategy.name : target.descriptor.name
}

function described(target: TargetChoice): Pick<Contestant, 'target' | 'promise' | 'durableWhen' | 'builtWrong'> {
  if (target.kind === 'service') {
    return { target: null, promise: target.descriptor.promise, durableWhen: null, builtWrong: false }
  }
  const { promise, durableWhen, rightWith } = target.strategy
  const builtWrong = rightWith === 'never' || (rightWith === 'one-process' && target.instances > 1)
  return { target: strategyTargetOf(target), promise, durableWhen, builtWrong }
}

function refuseSameNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new HarnessError('USAGE', {
    message: `${twice} is to be compared with itself: it is named twice`,
    hint: 'Name each strategy once; descriptors that are compared each need a `name` of their own.',
  })
}
