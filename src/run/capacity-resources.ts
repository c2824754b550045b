/** What each resource of a trial has to give: by what is known of the reference server, or by what the descriptor says. Pure. */
import type { ResourceCores } from '../capacity/index.ts'
import type { RunEnvironment, RunTarget } from '../core/run-record.ts'
import type { ResourceProbe } from '../core/target-descriptor.ts'
import type { TargetChoice } from './run-scenario.ts'

/** What a descriptor says of a resource that it reads from elsewhere. */
export type DescribedResource = Pick<ResourceProbe, 'name' | 'capacityCores'>

export interface ResourceTerms {
  readonly target: RunTarget
  readonly environment: Pick<RunEnvironment, 'cores'>
  readonly described: readonly DescribedResource[]
}

export function describedResources(target: TargetChoice): readonly DescribedResource[] {
  return target.kind === 'strategy' ? [] : target.descriptor.resources
}

export function coresOf(resource: string, { target, environment: { cores }, described }: ResourceTerms): ResourceCores {
  const elsewhere = described.find(({ name }) => name === resource)
  if (elsewhere !== undefined) {
    return elsewhere.capacityCores === null
      ? { cores, because: 'as many as this machine has: its descriptor says nothing of `cores`', isElsewhere: true }
      : { cores: elsewhere.capacityCores, because: 'as its descriptor says', isElsewhere: true }
  }
  if (resource === 'redis') return { cores: 1, because: 'Redis runs its commands in one thread', isElsewhere: false }
  if (resource === 'target' && target.kind === 'strategy') {
    const because = 'a server process runs JavaScript in one thread'
    return { cores: Math.min(cores, target.instances), because, isElsewhere: false }
  }
  return { cores, because: 'as many as the machine has: nobody said how many it can use', isElsewhere: false }
}

/** A sentence for each that was measured, and of which only this machine could tell how many cores it has. */
export function unsaidCores(measured: readonly string[], described: readonly DescribedResource[]): string[] {
  return described
    .filter(({ name, capacityCores }) => capacityCores === null && measured.includes(name))
    .map(({ name }) => `the descriptor doesn't say how many cores ${name} has: as many as this machine has were taken`)
}
