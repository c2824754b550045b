/**
 * Leads a described service to its stores through the gates of a race: which stores those are, and the environment in
 * which the gates stand in their place. What the run itself asks the stores for goes past the gates, by the URLs that the
 * descriptor has elsewhere. Pure: it opens nothing.
 */
import { HarnessError } from '../../core/errors.ts'
import { leadTo, readStoreUrl, type StoreAddress } from '../../core/store-url.ts'
import type { TargetAccess } from '../../core/target-access.ts'
import type { TargetDescriptor } from '../../core/target-descriptor.ts'

/** A store, and the environment variable that leads the service to it. Two variables may lead to one store. */
export interface Upstream extends StoreAddress {
  readonly name: string
}

/** Where a gate stands. */
export interface GatePlace {
  readonly host: string
  readonly port: number
}

type Raced = Pick<TargetDescriptor, 'race'>
type Filling = Pick<TargetAccess, 'fill'>

/** In the order of the descriptor. Throws HarnessError USAGE for a URL before which no gate can stand. */
export function upstreamsOf({ race }: Raced, access: Filling): Upstream[] {
  return Object.entries(race?.stores ?? {}).map(([name, template]) => {
    const reading = readStoreUrl(access.fill(template, {}))
    if (reading.ok) return { name, ...reading.address }
    throw new HarnessError('USAGE', {
      message: `race.stores.${name}: the URL ${reading.sentence}`,
      hint: 'docs/target.md says under `race` which URLs a race takes.',
    })
  })
}

/** @param gates by the name of the variable, one for each of {@link upstreamsOf} */
export function gatedEnvironment(
  { race }: Raced,
  access: Filling,
  gates: Readonly<Record<string, GatePlace>>,
): Record<string, string> {
  const variables = Object.entries(race?.stores ?? {}).map(([name, template]) => {
    const gate = gates[name]
    if (gate === undefined) throw new RangeError(`there is no gate for ${name}`)
    return [name, leadTo(access.fill(template, {}), gate)] as const
  })
  return Object.fromEntries(variables)
}

/** What is started, with these variables above its own. */
export function startedWith(
  { start, stop, folder }: Pick<TargetDescriptor, 'start' | 'stop' | 'folder'>,
  environment: Readonly<Record<string, string>>,
): Pick<TargetDescriptor, 'start' | 'stop' | 'folder'> {
  if (start === null) return { start, stop, folder }
  const given = Object.entries(environment).map(([name, value]) => [name, [value]] as const)
  return { start: { ...start, env: { ...start.env, ...Object.fromEntries(given) } }, stop, folder }
}
