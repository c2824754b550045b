/**
 * Whether a request makes the stores do something else than it did: a gate without statistics, where times would need
 * hundreds of visits to show one statement more.
 */
import type { VisitWork, WorkChange, WorkJudgement } from '../core/gate-record.ts'
import { REQUEST_KINDS, type RequestKind } from '../core/work-record.ts'

/** A count that was equal so often, one request in flight, is exact. */
const VISITS_OF_EXACT = 5
/** Or in so many requests of one visit, where it came out whole for each. */
const REQUESTS_OF_EXACT = 5
/** What a store writes for itself is in it, now and then one more: a few visits don't show that. */
const STORES_OWN = /^wal /
/** Of counts per request, which are quotients. */
const ROUNDING = 1e-9

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
    notes: compared.flatMap((kind) => kind.notes),
  }
}

interface ComparedKind {
  readonly exact: number
  readonly changes: readonly WorkChange[]
  readonly notExact: readonly string[]
  readonly notes: readonly string[]
}

function compareKind(kind: RequestKind, baseline: Counted, candidate: Counted): ComparedKind {
  const [before, after] = [baseline, candidate].map((visits) => ofKind(visits, kind))
  if (before!.length === 0 && after!.length === 0) return { exact: 0, changes: [], notExact: [], notes: [] }
  if (before!.length === 0 || after!.length === 0) {
    const arm = before!.length === 0 ? 'baseline' : 'candidate'
    const notes = [`${KIND_WORDS[kind]}: the ${arm} counted none`]
    return { exact: 0, changes: [], notExact: [], notes }
  }
  const names = [...new Set([...before!, ...after!].flatMap(({ counts }) => counts.map(({ name }) => name)))]
  const compared = names.map((name) => compareCount(kind, name, before!, after!))
  return {
    exact: compared.filter((count) => count !== 'not exact').length,
    changes: compared.flatMap((count) => (typeof count === 'object' ? [count] : [])).sort(byWeight),
    notExact: names.flatMap((name, index) =>
      compared[index] === 'not exact' ? [`${shown(name)} ${KIND_WORDS[kind]}`] : [],
    ),
    notes: [],
  }
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
  const candidate = exactCount(name, after)
  if (baseline === null || candidate === null) return 'not exact'
  if (Math.abs(candidate - baseline) <= ROUNDING) return 'same'
  return { kind, name, baseline, candidate, sentence: changeSentence({ kind, name, baseline, candidate }) }
}

/** What every request of this kind took, if it can be told to be exact. */
function exactCount(name: string, visits: readonly VisitWork[]): number | null {
  const count = agreedCount(name, visits)
  if (count === null || visits.length >= VISITS_OF_EXACT) return count
  const requests = visits.reduce((sum, visit) => sum + visit.requests, 0)
  const isWhole = Math.abs(count - Math.round(count)) <= ROUNDING
  return isWhole && requests >= REQUESTS_OF_EXACT && !STORES_OWN.test(name) ? count : null
}

/** null where visits differ. A count that a visit does not name was 0 in it. */
function agreedCount(name: string, visits: readonly VisitWork[]): number | null {
  const values = visits.map(({ counts }) => counts.find((count) => count.name === name)?.perRequest ?? 0)
  const first = values[0]!
  return values.every((value) => Math.abs(value - first) <= ROUNDING) ? first : null
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

function changeSentence({ kind, name, baseline, candidate }: Omit<WorkChange, 'sentence'>): string {
  const difference = candidate - baseline
  const amount = `${difference > 0 ? '+' : '-'}${figure(Math.abs(difference))}`
  return `${amount} ${shown(name)} ${KIND_WORDS[kind]} (${figure(baseline)} -> ${figure(candidate)})`
}

/** "sql: SELECT ..." speaks for itself. */
function shown(name: string): string {
  return name.replace(/^sql: /, '')
}

function figure(value: number): string {
  return String(Number(value.toFixed(3)))
}
