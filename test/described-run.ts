/** Runs of described targets for tests: the descriptor as a user writes it, and all that a run of it leaves. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../src/core/run-record.ts'
import { doorbuster, type Finished, temporaryFolder } from './doorbuster.ts'

/** They ask whether the sale was right, not whether this machine is fast. */
export const PATIENT: readonly string[] = ['achieved >= 0%', 'mean < 10s', 'errorRate <= 100%'].flatMap((one) => [
  '--threshold',
  one,
])

export interface SaleOptions {
  readonly scenario?: string
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Files beside the descriptor, by name. */
  readonly files?: Readonly<Record<string, string>>
}

export interface DescribedSale extends Finished {
  /** Null when the run didn't begin. */
  readonly record: RunRecord | null
  /** In which the descriptor stands, and the run in `run`. */
  readonly cwd: string
}

/** `doorbuster run SCENARIO --target target.yaml`, whose text is given. */
export async function sell(descriptor: string, options: SaleOptions = {}): Promise<DescribedSale> {
  const cwd = folderWith({ ...options.files, 'target.yaml': descriptor })
  const finished = await doorbuster(saleArguments(options), { cwd, ...(options.env && { env: options.env }) })
  return { ...finished, cwd, record: recordIn(cwd) }
}

export function saleArguments({ scenario = 'smoke', args = [] }: SaleOptions): readonly string[] {
  return ['run', scenario, '--target', 'target.yaml', '--out', 'run', ...PATIENT, ...args]
}

export function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cwd
}

function recordIn(cwd: string): RunRecord | null {
  const path = join(cwd, 'run', 'run.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunRecord) : null
}

/** Checks by their verdicts. */
export function verdictsOf({ record }: DescribedSale): Readonly<Record<string, string>> {
  return Object.fromEntries((record?.checks ?? []).map(({ check, verdict }) => [check, verdict]))
}

/** What is neither passed nor left out, in the order of the checks: `no-oversell: fail`. */
export function troublesOf(sale: DescribedSale): string[] {
  return Object.entries(verdictsOf(sale)).flatMap(([check, verdict]) =>
    verdict === 'pass' || verdict === 'not-checked' ? [] : [`${check}: ${verdict}`],
  )
}

/** The first failed check, which the headline names. */
export function convictedBy({ record }: DescribedSale): string | undefined {
  return record?.checks.find(({ verdict }) => verdict === 'fail')?.check
}

/** 0, unless the machine was too busy for the generator. */
export function exitCodeOfRight({ record }: DescribedSale): number {
  return record !== null && record.steps.every(({ onTimeShare }) => onTimeShare >= 0.99) ? 0 : 4
}

/** The files of a run that hold one of the secrets, in any form that they are written in. */
export function filesWith(secrets: readonly string[], folder: string): string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ])
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const bytes = readFileSync(path)
      return forms.some((form) => bytes.includes(form))
    })
}

/** Processes that have the mark in their environment, as all have that a marked one has started. Linux. */
export function processesMarked(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isMarked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)
        return isMarked ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : []
      } catch {
        return []
      }
    })
}
