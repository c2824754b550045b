/**
 * A scenario and those that it extends, merged into one document that remembers what came from where. Mappings are merged
 * key by key, the nearer scenario's value winning; lists, and mappings that are one value (quantities, SKUs), are taken
 * whole. `name` and `description` are each scenario's own. Pure.
 */
import type { YamlDocument } from '../core/document/yaml-document.ts'
import { parseScenarioDocument } from './scenario-document.ts'
import type { ScenarioFiles } from './files.ts'
import { SCENARIO_LIMITS } from './limits.ts'
import { insteadOf } from './alternatives.ts'
import type { Path, Place, Problem } from '../core/document/problem.ts'

interface Generation {
  readonly id: string
  readonly label: string
  readonly document: YamlDocument
}

export interface Lineage {
  /** Undefined when the scenario itself can't be read. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  placeOfValue(path: Path): Place
  placeOfKey(path: Path): Place
  /** Id of the file that the value at a path came from. */
  fileOf(path: Path): string
}

type Mapping = Record<string, unknown>

const OWN: readonly string[] = ['name', 'description', 'extends']
const STEP_KINDS = ['staircase', 'connections'] as const
const TAKEN_WHOLE: readonly string[] = ['buyers.quantity', 'sale.skus']

export function readLineage(text: string, fileName: string, files: ScenarioFiles): Lineage {
  const problems: Problem[] = []
  const child = { id: files.id, label: fileName, document: parseScenarioDocument(text, fileName) }
  const generations = withParents([child], files, problems)
  const merged = new Merged(generations)
  return {
    value: merged.value,
    problems: [...generations.flatMap(({ document }) => document.problems), ...problems],
    placeOfValue: (path) => merged.ownerOf(path).document.placeOfValue(path),
    placeOfKey: (path) => merged.ownerOf(path).document.placeOfKey(path),
    fileOf: (path) => merged.ownerOf(path).id,
  }
}

/** The scenario first, then what it extends, and so on. */
function withParents(generations: Generation[], files: ScenarioFiles, problems: Problem[]): Generation[] {
  const last = generations.at(-1)!
  const named = isMapping(last.document.value) ? last.document.value['extends'] : undefined
  // Anything but a text is refused by the schema.
  if (typeof named !== 'string') {
    if (named !== undefined && generations.length > 1) report('must be the name of a shipped scenario, or a path')
    return generations
  }
  function report(sentence: string): Generation[] {
    problems.push({ place: last.document.placeOfValue(['extends']), path: ['extends'], sentence })
    return generations
  }
  if (generations.length === SCENARIO_LIMITS.generations) {
    return report(`goes back too far: at most ${SCENARIO_LIMITS.generations} scenarios can extend one another`)
  }
  const found = files.scenario(named, last.id)
  if (!found.found) return report(found.sentence)
  const { id, label } = found
  if (generations.some((one) => one.id === id)) {
    return report(`leads back to itself: ${[...generations.map((one) => one.label), label].join(' -> ')}`)
  }
  const parent = { id, label, document: parseScenarioDocument(found.text, label) }
  return withParents([...generations, parent], files, problems)
}

class Merged {
  readonly value: unknown
  readonly #child: Generation
  readonly #owners = new Map<string, Generation>()

  constructor([child, ...ancestors]: readonly Generation[]) {
    this.#child = child!
    this.value = child!.document.value
    for (const ancestor of ancestors) this.value = this.#merge(this.value, ancestor.document.value, ancestor, [])
  }

  /** Of the nearest thing around a path that a generation gave whole. */
  ownerOf(path: Path): Generation {
    for (let length = path.length; length > 0; length--) {
      const owner = this.#owners.get(JSON.stringify(path.slice(0, length)))
      if (owner !== undefined) return owner
    }
    return this.#child
  }

  /** `near` with what only `far` says. Nothing that `near` holds changes its owner. */
  #merge(near: unknown, far: unknown, ancestor: Generation, path: Path): unknown {
    if (!isMapping(near) || !isMapping(far) || isTakenWhole(path, near, far)) return near
    const merged: Mapping = { ...near }
    for (const [key, value] of Object.entries(far)) {
      const inner = [...path, key]
      if (path.length === 0 && OWN.includes(key)) continue
      if (Object.hasOwn(near, key)) {
        merged[key] = this.#merge(near[key], value, ancestor, inner)
      } else if (!insteadOf(key).some((other) => Object.hasOwn(near, other))) {
        Object.defineProperty(merged, key, { value, enumerable: true, writable: true, configurable: true })
        this.#owners.set(JSON.stringify(inner), ancestor)
      }
    }
    return merged
  }
}

/** Steps of one kind say nothing of steps of another. */
function isTakenWhole(path: Path, near: Mapping, far: Mapping): boolean {
  const place = path.join('.')
  if (place !== 'steps') return TAKEN_WHOLE.includes(place)
  const [one, other] = STEP_KINDS
  return (
    (Object.hasOwn(near, one) && Object.hasOwn(far, other)) || (Object.hasOwn(near, other) && Object.hasOwn(far, one))
  )
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
