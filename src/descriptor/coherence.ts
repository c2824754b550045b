/** What has to fit together across the sections of a descriptor. The schema has passed each of them by itself. */
import type { Path } from '../core/document/problem.ts'
import { nearestName } from '../core/nearest-name.ts'
import { splitName } from './placeholders.ts'
import type { WrittenOutcome } from './schema-outcomes.ts'
import type { WrittenDescriptor } from './schema.ts'
import { placeholdersIn } from './texts-in.ts'

export interface Incoherence {
  readonly path: Path
  readonly sentence: string
}

export function incoherences(written: WrittenDescriptor): Incoherence[] {
  return [
    ...soldRuleProblems(written),
    ...queueProblems(written),
    ...buyerColumnProblems(written),
    ...stockProblems(written),
    ...tlsProblems(written),
    ...raceProblems(written),
  ]
}

function soldRuleProblems({ outcomes, poll }: WrittenDescriptor): Incoherence[] {
  if ([...outcomes, ...(poll?.outcomes ?? [])].some(isOf('sold'))) return []
  return [{ path: ['outcomes'], sentence: 'has no rule with then: sold; without one nothing is ever sold' }]
}

function queueProblems({ outcomes, poll, promise }: WrittenDescriptor): Incoherence[] {
  const queued = outcomes.findIndex(isOf('queued'))
  const here: Path = ['outcomes', queued, 'then']
  if (poll === undefined) {
    return queued === -1 ? [] : [{ path: here, sentence: 'queued needs a poll section, which asks what became of it' }]
  }
  if (queued === -1) {
    return [{ path: ['poll'], sentence: 'says nothing while no rule of outcomes has then: queued' }]
  }
  const problems: Incoherence[] = []
  if (poll.outcomes !== undefined && poll.outcomes.every(isOf('queued'))) {
    problems.push({ path: ['poll', 'outcomes'], sentence: 'needs a rule that is not queued; no buyer gets to an end' })
  }
  if (promise?.sold === 'queued') {
    const sentence =
      'queued means that a sold answer is only a place in the queue; here poll waits for the end: say paid or reserved'
    problems.push({ path: ['promise', 'sold'], sentence })
  }
  const [ticket] = placeholdersIn(poll).filter(({ name }) => name === 'ticket')
  if (ticket !== undefined) {
    for (const [i, rule] of outcomes.entries()) {
      if (!isOf('queued')(rule) || rule.ticket !== undefined) continue
      const sentence = 'needs ticket: where the ticket stands in the answer, since poll holds {{ticket}}'
      problems.push({ path: ['outcomes', i], sentence })
    }
  }
  return problems
}

function isOf(kind: WrittenOutcome['then']): (rule: WrittenOutcome) => boolean {
  return (rule) => rule.then === kind
}

/** The columns of a CSV file are known to whoever reads it; those of a login stand here. */
function buyerColumnProblems(written: WrittenDescriptor): Incoherence[] {
  const used = (['buy', 'read', 'poll'] as const).flatMap((section) =>
    placeholdersIn(written[section], [section]).flatMap(({ name, path }) => {
      const [family, column] = splitName(name)
      return family === 'buyer' ? [{ name, path, column }] : []
    }),
  )
  const pool = written.buyers?.pool
  if (pool === undefined) {
    return used.map(({ name, path }) => ({
      path,
      sentence: `{{${name}}} needs buyers.pool, which has the buyers' columns`,
    }))
  }
  if (pool.login === undefined) return []
  const known = Object.keys(pool.login.take)
  return used
    .filter(({ column }) => !known.includes(column))
    .map(({ name, path, column }) => {
      const nearest = nearestName(column, known)
      const guess = nearest === null ? '' : `; did you mean {{buyer.${nearest}}}?`
      return { path, sentence: `{{${name}}}: buyers.pool.login takes no ${column}${guess}` }
    })
}

function stockProblems({ open, stock, ledger }: WrittenDescriptor): Incoherence[] {
  if (open !== undefined || stock !== undefined || ledger?.remaining !== undefined) return []
  const sentence =
    'needs one of open, stock and ledger.remaining: without any of them nobody knows how many units there are to sell'
  return [{ path: [], sentence }]
}

function tlsProblems({ tls, url }: WrittenDescriptor): Incoherence[] {
  if (tls === undefined || !url.startsWith('http://')) return []
  return [{ path: ['tls'], sentence: 'says nothing for a url that begins with http://' }]
}

/** A container has a loopback of its own, and what runs already has its stores' addresses: neither can be led elsewhere. */
function raceProblems({ race, start }: WrittenDescriptor): Incoherence[] {
  if (race === undefined || typeof start === 'string') return []
  if (start?.command !== undefined && start.image === undefined) return []
  const sentence =
    'needs a start with a command: what that starts is given the addresses of the gates in its environment'
  return [{ path: ['race'], sentence }]
}
