/** The gate at the command line: two strategies, a count that changed, a stored baseline, and a gate judged again. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { GateRecord } from '../src/core/gate-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

const SHORT = ['--rate', '200', '--duration', '1s']
/** Of a run, which is told nothing of its load. */
const UNJUDGED = ['--threshold', 'achieved >= 0%']

function recordIn(folder: string): GateRecord {
  return JSON.parse(readFileSync(join(folder, 'gate.json'), 'utf8')) as GateRecord
}

describeWithServices(['postgres'], 'gate', () => {
  it('stops a candidate that oversells, and judges what it has stored to the same end', async () => {
    const cwd = temporaryFolder()
    const targets = ['--baseline-target', 'atomic-update', '--candidate-target', 'naive']
    const summary = join(cwd, 'summary.md')
    // Orders come so fast that many of them overlap.
    const load = ['--rate', '800', '--duration', '1s']
    const args = ['gate', 'smoke', ...targets, '--quick', ...load, '--out', 'one', '--summary', summary]
    const { exitCode, stdout, stderr } = await doorbuster(args, { cwd })
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/visit 2.*: oversold by/)])
    expect(stdout).toMatch(/WRONG/)
    expect(readFileSync(summary, 'utf8')).toMatch(/WRONG/)
    const record = recordIn(join(cwd, 'one'))
    expect([record.status, record.verdict, record.exitCode]).toEqual(['complete', 'wrong', 1])
    for (const name of ['gate.md', 'junit.xml']) expect(existsSync(join(cwd, 'one', name))).toBe(true)
    expect(stdout).toContain(`report: ${join('one', 'report.html')}\n`)
    expect(record.command).toEqual(['smoke', ...targets, ...load, '--quick'])
    const page = readFileSync(join(cwd, 'one', 'report.html'), 'utf8')
    expect(page).toContain('<strong>WRONG</strong>')
    // It needs nothing else.
    expect(page).not.toMatch(/<script|<link[^>]+href="(?!data:)|\ssrc="|@import|url\((?!#)/)

    const again = ['gate', '--baseline', 'one', '--candidate', 'one', '--quick', '--out', 'two', '--json']
    const judged = await doorbuster(again, { cwd })
    const { judgement, budgetMs } = JSON.parse(judged.stdout) as GateRecord
    expect(existsSync(join(cwd, 'two', 'report.html'))).toBe(true)
    expect([judged.exitCode, judgement?.correctness, judgement?.work, budgetMs]).toEqual([
      1,
      record.judgement?.correctness,
      record.judgement?.work,
      null,
    ])
  })

  it('sees one statement more an order against a stored baseline, and lets it through where it is only to be told', async () => {
    const cwd = temporaryFolder()
    const run = ['run', 'smoke', '--strategy', 'atomic-update', '--work', ...SHORT, ...UNJUDGED, '--out', 'base']
    await doorbuster(run, { cwd })
    const gate = ['gate', '--baseline', 'base', '--candidate-target', 'atomic-update', '--quick', '--json']
    const strict = await doorbuster([...gate, '--handicap', 'statement', '--out', 'strict'], { cwd })
    const { judgement, scenario } = JSON.parse(strict.stdout) as GateRecord
    expect([strict.exitCode, judgement?.verdict]).toEqual([3, 'missed'])
    expect(judgement?.work.changes.map(({ sentence }) => sentence)).toContain(
      '+1 SELECT remaining FROM stock WHERE sku = $1 an order sold (0 -> 1)',
    )
    // The one that was stored is run again.
    expect([scenario.steps.length, scenario.steps[0]?.durationMs]).toEqual([1, 1_000])

    const stored = ['gate', '--baseline', 'base', '--candidate', 'strict', '--quick', '--work', 'report']
    const told = await doorbuster([...stored, '--out', 'told', '--json'], { cwd })
    const { judgement: other } = JSON.parse(told.stdout) as GateRecord
    expect([told.exitCode, other?.work.verdict]).toEqual([0, 'changed'])
  })

  it('keeps what it has visited when Ctrl-C comes', async () => {
    const cwd = temporaryFolder()
    const targets = ['--baseline-target', 'atomic-update', '--candidate-target', 'atomic-update']
    const gate = start(['gate', 'smoke', ...targets, ...SHORT, '--max-wait', '0s', '--out', 'cut'], { cwd })
    await gate.said(/visit 1: .*right|visit 1: .*inconclusive/)
    gate.kill('SIGINT')
    expect((await gate.finished).exitCode).toBe(130)
    const record = recordIn(join(cwd, 'cut'))
    expect([record.status, record.verdict]).toEqual(['interrupted', 'interrupted'])
    expect(record.calibration.length).toBeGreaterThan(0)
    expect(readFileSync(join(cwd, 'cut', 'report.html'), 'utf8')).toContain('<strong>INTERRUPTED</strong>')
  })
})
