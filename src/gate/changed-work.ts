/**
 * Whether a request makes the stores do something else than it did: a gate without statistics, where times would need
 * hundreds of visits to show one statement more.
 */
import type { VisitWork, WorkChange, WorkJudgement, WorkStore } from '../core/gate-record.ts'
import { median } from '../core/statistics/estimate.ts'
import { REQUEST_KINDS, type RequestKind } from '../core/work-record.ts'

/** A count that was equal so often, one request in flight, is exact. */
const VISITS_OF_EXACT = 5
/** Or in so many requests of one visit, where it came out whole for each. */
const REQUESTS_OF_EXACT = 5
/** What a store writes for itself is in it, now and then one more: a few visits don't show that. */
const STORES_OWN = /^wal /
/** Of counts per request, which are quotients. */
const ROUNDING = 1e-9

const WORK_STORES: readonly WorkStore[] = ['sql', 'redis']

type Counted = readonly (readonly VisitWork[])[]

/** By visit: what it counted. Visits that counted nothing are left out. */
export function changedWork(baseline: Counted, candidate: Counted): WorkJudgement {
  const notes = [
    ...(baseline.length === 0 ? ['no work of the baseline was counted'] : []),
    ...(candidate.length === 0 ? ['no work of the candidate was counted'] : []),
  ]
  const nothing = { verdict: null, exactCounts: 0, changes: [], notExact: [], notes }
  if (notes.length > 0) return nothing
  const compared = REQUEST_KINDS.map((kind) => compareKind(kind, baseline, candidate))
  const exactCounts = compared.reduce((sum, { exact }) => sum + exact, 0)
  const changes = compared.flatMap((kind) => kind.changes)
  return {
    verdict: changes.length > 0 ? 'changed' : exactCounts > 0 ? 'same' : null,
    exactCounts,
    changes,
    notExact: compared.flatMap(({ notExact }) => notExact),
    notes: [...new Set(compared.flatMap((kind) => kind.notes))],
  }
}

interface ComparedKind {
  readonly exact: number
  readonly changes: readonly WorkChange[]
  readonly notExact: readonly string[]
  readonly notes: readonly string[]
}

const NOTHING_COMPARED: ComparedKind = { exact: 0, changes: [], notExact: [], notes: [] }

function compareKind(kind: RequestKind, baseline: Counted, candidate: Counted): ComparedKind {
  const [before, after] = [ofKind(baseline, kind), ofKind(candidate, kind)]
  if (before.length === 0 && after.length === 0) return NOTHING_COMPARED
  if (before.length === 0 || after.length === 0) {
    const arm = before.length === 0 ? 'baseline' : 'candidate'
    return { ...NOTHING_COMPARED, notes: [`${KIND_WORDS[kind]}: the ${arm} counted none`] }
  }
  const stores = WORK_STORES.map((store) => compareStore(kind, store, before, after))
  return {
    exact: stores.reduce((sum, { exact }) => sum + exact, 0),
    changes: stores.flatMap(({ changes }) => changes).sort(byWeight),
    notExact: stores.flatMap(({ notExact }) => notExact),
    notes: stores.flatMap(({ notes }) => notes),
  }
}

/** Only of visits that counted it: what was not counted is not 0. */
function compareStore(
  kind: RequestKind,
  store: WorkStore,
  baseline: readonly VisitWork[],
  candidate: readonly VisitWork[],
): ComparedKind {
  const [before, after] = [baseline, candidate].map((visits) => visits.filter(({ stores }) => stores.includes(store)))
  if (before!.length === 0 && after!.length === 0) return NOTHING_COMPARED
  if (before!.length === 0 || after!.length === 0) {
    const arm = before!.length === 0 ? 'baseline' : 'candidate'
    return { ...NOTHING_COMPARED, notes: [`${STORE_WORDS[store]} of the ${arm} were not counted, and not compared`] }
  }
  const names = namesOf(store, [...before!, ...after!])
  const compared = names.map((name) => compareCount(kind, name, before!, after!))
  return {
    exact: compared.filter((count) => count !== 'not exact').length,
    changes: compared.flatMap((count) => (typeof count === 'object' ? [count] : [])),
    notExact: names.flatMap((name, index) =>
      compared[index] === 'not exact' ? [`${shown(name)} ${KIND_WORDS[kind]}`] : [],
    ),
    notes: [],
  }
}

/** Each once. */
function namesOf(store: WorkStore, visits: readonly VisitWork[]): string[] {
  const names = new Set(visits.flatMap(({ counts }) => counts.map(({ name }) => name)))
  return [...names].filter((name) => (name.startsWith('redis: ') ? 'redis' : 'sql') === store)
}

/** What a client asked for before what follows from it, and what was added before what is gone. */
function byWeight(a: WorkChange, b: WorkChange): number {
  const weight = ({ name, baseline, candidate }: WorkChange): number =>
    (/^(?:sql|redis): /.test(name) ? 0 : 2) + (candidate > baseline ? 0 : 1)
  return weight(a) - weight(b)
}

function compareCount(
  kind: RequestKind,
  name: string,
  before: readonly VisitWork[],
  after: readonly VisitWork[],
): WorkChange | 'same' | 'not exact' {
  const baseline = exactCount(name, before)
  if (baseline === null) return 'not exact'
  const exact = exactCount(name, after)
  if (exact === null && !allDiffer(name, baseline, after)) return 'not exact'
  const values = exact === null ? valuesOf(name, after).sort((a, b) => a - b) : [exact]
  const candidate = median(values)
  if (Math.abs(candidate - baseline) <= ROUNDING) return 'same'
  return { kind, name, baseline, candidate, sentence: changeSentence(kind, name, baseline, values) }
}

/**
 * Whether every visit took more than the baseline ever does, or every one less, though not each as much: a statement that
 * some orders need and others do not. Of few visits, each has to show it in as many requests as make a count exact.
 */
function allDiffer(name: string, baseline: number, visits: readonly VisitWork[]): boolean {
  const differences = valuesOf(name, visits).map((value) => value - baseline)
  const isOneWay = differences.every((one) => one > ROUNDING) || differences.every((one) => one < -ROUNDING)
  if (!isOneWay || visits.length >= VISITS_OF_EXACT) return isOneWay
  const isOften = visits.every(({ requests }, index) => {
    return Math.abs(differences[index]!) * requests >= REQUESTS_OF_EXACT - ROUNDING
  })
  return isOften && !STORES_OWN.test(name)
}

/** What every request of this kind took, if it can be told to be exact. */
function exactCount(name: string, visits: readonly VisitWork[]): number | null {
  const count = agreedCount(name, visits)
  if (count === null || visits.length >= VISITS_OF_EXACT) return count
  const requests = visits.reduce((sum, visit) => sum + visit.requests, 0)
  const isWhole = Math.abs(count - Math.round(count)) <= ROUNDING
  return isWhole && requests >= REQUESTS_OF_EXACT && !STORES_OWN.test(name) ? count : null
}

/** null where visits differ. */
function agreedCount(name: string, visits: readonly VisitWork[]): number | null {
  const values = valuesOf(name, visits)
  const first = values[0]!
  return values.every((value) => Math.abs(value - first) <= ROUNDING) ? first : null
}

/** A count that a visit does not name was 0 in it. */
function valuesOf(name: string, visits: readonly VisitWork[]): number[] {
  return visits.map(({ counts }) => counts.find((count) => count.name === name)?.perRequest ?? 0)
}

function ofKind(visits: Counted, kind: RequestKind): VisitWork[] {
  return visits.flatMap((visit) => visit.filter((work) => work.kind === kind && work.requests > 0))
}

const KIND_WORDS: Readonly<Record<RequestKind, string>> = {
  sold: 'an order sold',
  soldOut: 'an answer "sold out"',
  replayed: 'a replayed order',
  read: 'a read',
}

const STORE_WORDS: Readonly<Record<WorkStore, string>> = { sql: 'SQL statements', redis: 'Redis commands' }

/** `values`: of the candidate, in order; one where all its visits agree. */
function changeSentence(kind: RequestKind, name: string, baseline: number, values: readonly number[]): string {
  const sign = values[0]! > baseline ? '+' : '-'
  const amounts = values.map((value) => Math.abs(value - baseline)).sort((a, b) => a - b)
  const [amount, after] = [range(amounts), range(values)]
  return `${sign}${amount} ${shown(name)} ${KIND_WORDS[kind]} (${figure(baseline)} -> ${after})`
}

/** "0.4 to 0.6", of values in order. */
function range(values: readonly number[]): string {
  const [low, high] = [figure(values[0]!), figure(values.at(-1)!)]
  return low === high ? low : `${low} to ${high}`
}

/** "sql: SELECT ..." speaks for itself. */
function shown(name: string): string {
  return name.replace(/^sql: /, '')
}

function figure(value: number): string {
  return String(Number(value.toFixed(3)))
}
