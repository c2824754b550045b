/** Options that several commands share, and how their values are read. */
import { InvalidArgumentError, Option } from 'commander'
import { type ReadsPromise, parseReadsPromise } from '../core/promise.ts'
import type { EngineName } from '../run/engines.ts'
import { HANDICAPS, parseHandicap } from '../core/handicap.ts'
import { parseShare } from '../core/units.ts'

export function integerAtLeast(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text.trim()) || value < least || value > most) {
      const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
      throw new InvalidArgumentError(`It must be a whole number ${bound}.`)
    }
    return value
  }
}

export function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text.trim()) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('It must be a whole number.')
  }
  return Number(text)
}

export function nonNegativeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number of at least 0.')
  }
  return value
}

export function folderName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a folder; "." is the present one.')
  return text
}

export function share(text: string): number {
  const value = parseShare(text)
  if (value === null) throw new InvalidArgumentError('It must be a share from 0% to 100%, such as 1% or 0.01.')
  return value
}

export function readsPromise(text: string): ReadsPromise {
  const promise = parseReadsPromise(text)
  if (promise === null)
    throw new InvalidArgumentError('It must be linearizable, stale:<duration> such as stale:200ms, or advisory.')
  return promise
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

export const jsonOption = (): Option => new Option('--json', 'print exactly one JSON document, and nothing on the way')

/** As src/run/engines.ts knows them; not imported, since that loads the engines. */
export const ENGINES: readonly EngineName[] = ['open', 'autocannon', 'k6']

export const MAX_INSTANCES = 64

export const instancesOption = (): Option =>
  new Option('--instances <n>', 'server processes on one port').argParser(integerAtLeast(1, MAX_INSTANCES)).default(1)

/** Read by the set-up, before this program starts. */
export const yesOption = (): Option => new Option('--yes', 'answer yes where the set-up asks (brew install redis)')

export const servicesOption = (): Option =>
  new Option('--services <provider>', 'where Postgres and Redis come from')
    .choices(['auto', 'external', 'local', 'embedded', 'docker'])
    .default('auto')

export const engineOption = (): Option =>
  new Option(
    '--engine <name>',
    'what drives the load: open keeps the rate, k6 does it with the k6 that is installed, autocannon asks as fast as it is answered; see docs/engines.md',
  )
    .choices(ENGINES)
    .default('open')

const MAX_SEGMENTS = 64

export const k6SegmentsOption = (): Option =>
  new Option('--k6-segments <n>', 'k6 processes that share the load (with --engine k6)').argParser(
    integerAtLeast(1, MAX_SEGMENTS),
  )

export const synchronousCommitOption = (): Option =>
  new Option('--synchronous-commit <mode>', 'whether Postgres flushes each commit to disk before it answers')
    .choices(['on', 'off'])
    .default('on')

export const appendfsyncOption = (): Option =>
  new Option('--appendfsync <mode>', 'how often Redis flushes its log to disk')
    .choices(['everysec', 'always', 'no'])
    .default('everysec')

/** A test switch: what it is for stands in docs/work.md, and in no list of what a run can do. */
export const handicapOption = (): Option =>
  new Option('--handicap <what>', 'what the reference server does more than its strategy asks of it')
    .argParser((text) => {
      if (parseHandicap(text) === null) throw new InvalidArgumentError(`It must be ${HANDICAPS}.`)
      return text
    })
    .hideHelp()
