/**
 * Every control, live: a server, stores, a short load. The check that it is made for convicts it, in the first words that
 * a person reads, and beside that check only those fail that the table of implications allows.
 */
import { expect, it } from 'vitest'
import { type CheckName, IMPLIES } from '../src/core/check.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import { leadingFailure } from '../src/report/headline.ts'
import { catalogue } from '../targets/strategies/index.ts'
import { doorbuster } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

/** So few units that even a slow machine comes to the sell-out; for the controls that say nothing of the stock themselves. */
const FEW = ['--stock', '200']

const controls = catalogue().strategies.filter(({ control }) => control)

describeWithServices(['postgres', 'redis'], 'a control', () => {
  it.each(controls)('$name is convicted by $convictedBy', async ({ name, convictedBy, shownBy = [] }) => {
    const stock = shownBy.includes('--stock') ? [] : FEW
    const args = ['run', 'smoke', '--strategy', name, '--duration', '3s', ...stock, ...shownBy, '--json']
    const { exitCode, stdout, stderr } = await doorbuster(args)
    if (stdout === '') throw new Error(`no record (exit ${exitCode}):\n${stderr}`)
    const { checks, steps } = JSON.parse(stdout) as RunRecord
    const failed = checks.filter(({ verdict }) => verdict === 'fail')
    if (failed.length === 0) throw new Error(`nothing failed: ${JSON.stringify(steps[0]?.outcomes)}\n${stderr}`)
    expect(leadingFailure(checks)?.check).toBe(convictedBy)
    const cause = convictedBy as CheckName
    const explained: readonly CheckName[] = [cause, ...(IMPLIES[cause] ?? [])]
    expect(failed.map(({ check }) => check).filter((check) => !explained.includes(check))).toEqual([])
    expect(failed.find(({ check }) => check === cause)!.measured).not.toBe(0)
    expect(exitCode).toBe(1)
  })
})
