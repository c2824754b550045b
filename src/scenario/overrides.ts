/**
 * Command-line options that change a scenario. They are written into the document before it is validated, so that one
 * set of rules holds; what is wrong with them is reported under the option, not under a line of the file.
 */
import { insteadOf } from './alternatives.ts'
import { parseScenarioDocument } from './scenario-document.ts'
import { AFTER_FILES, type Path, type Place, type Problem } from '../core/document/problem.ts'
import { valueAt } from '../core/document/schema-problems.ts'

/** As written on the command line; numbers may be given as text. */
export interface ScenarioOverrides {
  /** Replaces every step's rate, ramp, spike or replay; a staircase becomes one step at this rate. Of numbers of connections: the most that is planned. */
  readonly rate?: string | number | undefined
  /** Replaces every step's duration. */
  readonly duration?: string | undefined
  /** Units; takes the place of stock and sellThrough. */
  readonly stock?: string | number | undefined
  readonly seed?: string | number | undefined
  /** Take the place of the scenario's own thresholds on the same metric and scope. */
  readonly thresholds?: readonly string[] | undefined
  /** `PATH=VALUE`, the value in YAML: `sale.stock=500`, `steps[0].rate=200`. */
  readonly set?: readonly string[] | undefined
}

export interface OverriddenDocument {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Thresholds from this index on came from options. */
  readonly firstOptionThreshold: number
  /** The option that a value came from, or null. */
  optionAt(path: Path): Place | null
}

type Container = Record<string | number, unknown>

interface Applied {
  readonly path: Path
  readonly place: Place
}

/** `document` is changed in place: it belongs to the caller, who has just read it. */
export function applyOverrides(document: unknown, overrides: ScenarioOverrides): OverriddenDocument {
  const writer = new OptionWriter(document)
  for (const text of overrides.set ?? []) writer.set(text)
  if (overrides.rate !== undefined) writer.rate(overrides.rate)
  if (overrides.duration !== undefined) writer.duration(overrides.duration)
  if (overrides.stock !== undefined)
    writer.write(['sale', 'stock'], scalar(overrides.stock), `--stock ${overrides.stock}`)
  if (overrides.seed !== undefined) writer.write(['seed'], scalar(overrides.seed), `--seed ${overrides.seed}`)
  const firstOptionThreshold = writer.thresholds(overrides.thresholds ?? [])
  return {
    value: document,
    problems: writer.problems,
    firstOptionThreshold,
    optionAt: (path) => writer.optionAt(path),
  }
}

class OptionWriter {
  readonly problems: Problem[] = []
  readonly #document: unknown
  readonly #applied: Applied[] = []

  constructor(document: unknown) {
    this.#document = document
  }

  set(text: string): void {
    const label = `--set ${text}`
    const equals = text.indexOf('=')
    const path = equals === -1 ? null : parsePath(text.slice(0, equals))
    if (path === null || text.slice(equals + 1).trim() === '') {
      this.#report(label, [], 'must be PATH=VALUE, such as sale.stock=500 or steps[0].rate=200')
      return
    }
    const value = parseScenarioDocument(text.slice(equals + 1), label)
    if (value.problems.length > 0) {
      for (const { sentence } of value.problems) this.#report(label, path, sentence)
      return
    }
    this.write(path, value.value, label)
  }

  rate(rate: string | number): void {
    const label = `--rate ${rate}`
    const staircase = valueAt(this.#document, ['steps', 'staircase'])
    if (isContainer(staircase) && !Array.isArray(staircase)) {
      const { duration, arrivals } = staircase
      const step = { rate: scalar(rate), duration, ...(arrivals === undefined ? {} : { arrivals }) }
      this.write(['steps'], [step], label)
      return
    }
    if (this.#hasConnectionCounts()) this.write(['steps', 'rate'], scalar(rate), label)
    else this.#writeEachStep('rate', scalar(rate), label)
  }

  duration(duration: string): void {
    const label = `--duration ${duration}`
    if (isContainer(valueAt(this.#document, ['steps', 'staircase']))) {
      this.write(['steps', 'staircase', 'duration'], duration, label)
    } else if (this.#hasConnectionCounts()) {
      this.write(['steps', 'duration'], duration, label)
    } else {
      this.#writeEachStep('duration', duration, label)
    }
  }

  thresholds(expressions: readonly string[]): number {
    const written = valueAt(this.#document, ['thresholds'])
    const first = Array.isArray(written) ? written.length : 0
    if (expressions.length > 0 && (written === undefined || written === null)) {
      if (isContainer(this.#document)) this.#document['thresholds'] = []
    }
    for (const [i, expression] of expressions.entries()) {
      this.write(['thresholds', first + i], expression, `--threshold ${JSON.stringify(expression)}`)
    }
    return first
  }

  write(path: Path, value: unknown, label: string): void {
    const container = this.#containerOf(path)
    const last = path.at(-1)
    if (container === null || last === undefined) {
      this.#report(label, path, 'there is no such place in this scenario')
      return
    }
    for (const other of insteadOf(last)) delete container[other]
    define(container, last, value)
    this.#applied.push({ path, place: placeOf(label) })
  }

  optionAt(path: Path): Place | null {
    const within = (outer: Path, inner: Path): boolean => outer.every((part, i) => part === inner[i])
    const source =
      this.#applied.findLast((applied) => within(applied.path, path)) ??
      // A key that only an option made: `--set no.such.key=1`.
      (valueAt(this.#document, path) === undefined
        ? undefined
        : this.#applied.findLast((applied) => within(path, applied.path)))
    return source?.place ?? null
  }

  /** What the last part of the path is written into; made where the scenario has nothing there. */
  #containerOf(path: Path): Container | null {
    let container = this.#document
    for (const [i, part] of path.entries()) {
      if (!isContainer(container) || (Array.isArray(container) && !isIndexOf(container, part))) return null
      if (i === path.length - 1) return container
      const inner = Object.hasOwn(container, part) ? container[part] : null
      if (inner === null) define(container, part, path[i + 1] === 0 ? [] : {})
      container = container[part]
    }
    return null
  }

  /** A step for each of a list of numbers of connections. */
  #hasConnectionCounts(): boolean {
    return valueAt(this.#document, ['steps', 'connections']) !== undefined
  }

  #writeEachStep(key: string, value: unknown, label: string): void {
    const steps = valueAt(this.#document, ['steps'])
    if (!Array.isArray(steps)) return
    for (const i of steps.keys()) {
      if (isContainer(steps[i])) this.write(['steps', i, key], value, label)
    }
  }

  #report(label: string, path: Path, sentence: string): void {
    this.problems.push({ place: placeOf(label), path, sentence })
  }
}

function placeOf(label: string): Place {
  return { label, line: AFTER_FILES, column: 0 }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

function isIndexOf(list: readonly unknown[], index: string | number): boolean {
  return typeof index === 'number' && index <= list.length
}

function define(container: Container, key: string | number, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true })
}

/** A number where the text is one, else the text itself, for the schema to refuse. */
function scalar(value: string | number): string | number {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** `steps[0].rate` or `steps.0.rate`; null for anything else. */
function parsePath(text: string): Path | null {
  if (!/^[A-Za-z_]\w*(\.\w+|\[\d{1,6}\])*$/.test(text)) return null
  return text
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
