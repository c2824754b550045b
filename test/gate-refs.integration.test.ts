/**
 * Two refs of a repository, built side by side: a bug that a change brings in is found, and nothing is left in the
 * repository, whatever the end was.
 */
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GateRecord } from '../src/core/gate-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { BUILD, type MadeRepository, madeRepository } from './made-repository.ts'

const GATE = ['gate', 'brief.yaml', '--target', 'shop.yaml', '--out', 'out', '--quick']

function recordIn(folder: string): GateRecord {
  return JSON.parse(readFileSync(join(folder, 'out/gate.json'), 'utf8')) as GateRecord
}

/** What git knows of worktrees, and what of them lies about. */
function leftOf({ git, folder }: MadeRepository, before: ReadonlySet<string>): string[] {
  const listed = git('worktree', 'list', '--porcelain').match(/^worktree .*$/gm) ?? []
  return [
    ...listed.filter((line) => line !== `worktree ${folder}`),
    ...gateFolders().filter((name) => !before.has(name)),
  ]
}

function gateFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('doorbuster-gate-'))
}

describe('gate --baseline-ref', () => {
  it('lets a working tree through that changes nothing, and stops one that oversells', async () => {
    const repository = await madeRepository()
    const before = new Set(gateFolders())
    const args = [...GATE, '--baseline-ref', 'main', '--build', BUILD]
    const same = await doorbuster(args, { cwd: repository.folder })
    expect(same.stderr).toMatch(/building main \([0-9a-f]{8}\)/)
    expect(same.stderr).toMatch(/note: baseline and candidate are the same commit/)
    expect([same.exitCode, recordIn(repository.folder).judgement?.correctness.verdict]).toEqual([0, 'right'])

    repository.makeCareless()
    const wrong = await doorbuster([...args.slice(0, -2), '--build', `rm -r out; ${BUILD}`], { cwd: repository.folder })
    const { arms, judgement, visits } = recordIn(repository.folder)
    expect([wrong.exitCode, judgement?.word]).toEqual([1, 'WRONG'])
    expect(visits.filter(({ verdict }) => verdict === 'wrong').map(({ arm }) => arm)).toEqual(['candidate'])
    expect(arms.candidate.name).toBe('shop.yaml at the working tree')
    expect(wrong.stderr).not.toMatch(/same commit/)
    expect(leftOf(repository, before)).toEqual([])
  })

  it('starts a baseline that has no descriptor by the one of the working tree, in its own folder', async () => {
    const repository = await madeRepository()
    const text = readFileSync(join(repository.folder, 'shop.yaml'), 'utf8')
    repository.git('rm', '--quiet', 'shop.yaml')
    const old = repository.commit()
    repository.write('shop.yaml', text)
    repository.makeCareless()
    const fixed = repository.commit()
    const args = [...GATE, '--baseline-ref', old, '--candidate-ref', fixed, '--build', BUILD, '--json']
    const { exitCode, stdout } = await doorbuster(args, { cwd: repository.folder })
    const { notes, arms } = JSON.parse(stdout) as GateRecord
    expect(notes.join()).toMatch(
      /^[0-9a-f]{8} has no shop\.yaml: it is started and judged by the one of the working tree/,
    )
    expect(arms.baseline.name).toBe(`shop.yaml at ${old.slice(0, 8)}`)
    // The careless one was only ever built in the candidate's folder.
    expect(exitCode).toBe(1)
    expect(existsSync(join(repository.folder, 'built'))).toBe(false)
  })

  it('quotes the end of a build that fails, and leaves nothing', async () => {
    const repository = await madeRepository()
    const before = new Set(gateFolders())
    const build = 'echo compiling; echo "shop.mjs: error 17" >&2; exit 3'
    const args = [...GATE, '--baseline-ref', 'main', '--build', build]
    const { exitCode, stderr } = await doorbuster(args, { cwd: repository.folder })
    expect(stderr).toMatch(/--build of main \(.{8}\): it ended with exit code 3:\ncompiling\nshop\.mjs: error 17\n/)
    expect(exitCode).toBe(5)
    expect(leftOf(repository, before)).toEqual([])
  })

  it('leaves its report where a candidate cannot be started, and ends as that does', async () => {
    const repository = await madeRepository()
    repository.write('src/shop.mjs', 'throw new Error("no shop today")\n')
    const summary = join(temporaryFolder(), 'summary.md')
    const args = [...GATE, '--baseline-ref', 'main', '--build', BUILD, '--summary', summary, '--annotations']
    const { exitCode, stdout, stderr } = await doorbuster(args, { cwd: repository.folder })
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining('no shop today')])
    const { status, verdict, exitCode: stored } = recordIn(repository.folder)
    expect([status, verdict, stored]).toEqual(['interrupted', 'environment', 5])
    expect(stdout).toMatch(/^::error title=Flash-sale gate%3A ENDED EARLY::/m)
    expect(readFileSync(summary, 'utf8')).toBe(readFileSync(join(repository.folder, 'out/gate.md'), 'utf8'))
  })

  it('is ended by Ctrl-C during a build, and leaves nothing', async () => {
    const repository = await madeRepository()
    const before = new Set(gateFolders())
    const build = 'touch began; sleep 600'
    const gate = start([...GATE, '--baseline-ref', 'main', '--build', build], { cwd: repository.folder })
    await gate.said(/building main/)
    gate.kill('SIGINT')
    const { exitCode, stderr } = await gate.finished
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
    expect(exitCode).toBe(130)
    expect(leftOf(repository, before)).toEqual([])
  })

  it('takes away what one left that was killed', async () => {
    const repository = await madeRepository()
    const before = new Set(gateFolders())
    const args = [...GATE, '--baseline-ref', 'main', '--build']
    const whileItLives = 'while kill -0 $PPID; do sleep 0.1; done'
    const gate = start([...args, whileItLives], { cwd: repository.folder })
    await gate.said(/building main/)
    gate.kill('SIGKILL')
    await gate.finished
    expect(leftOf(repository, before).length).toBe(2)
    await doorbuster([...args, 'exit 3'], { cwd: repository.folder })
    expect(leftOf(repository, before)).toEqual([])
  })

  it('says where there is no repository, no such ref, and how a shallow clone is mended', async () => {
    const repository = await madeRepository()
    const noRef = await doorbuster([...GATE, '--baseline-ref', 'origin/main'], { cwd: repository.folder })
    expect([noRef.exitCode, noRef.stderr]).toEqual([
      2,
      expect.stringMatching(/there is no commit "origin\/main" in .*\n.*git fetch/),
    ])

    const first = repository.git('rev-parse', 'HEAD')
    repository.makeCareless()
    repository.commit()
    const shallow = join(temporaryFolder(), 'clone')
    repository.git('clone', '--quiet', '--depth=1', `file://${repository.folder}`, shallow)
    const cut = await doorbuster([...GATE, '--baseline-ref', first], { cwd: shallow })
    expect([cut.exitCode, cut.stderr]).toEqual([2, expect.stringMatching(/which is a shallow clone\n.*fetch-depth: 0/)])

    const elsewhere = temporaryFolder()
    for (const name of ['shop.yaml', 'brief.yaml']) copyFileSync(join(repository.folder, name), join(elsewhere, name))
    const none = await doorbuster([...GATE, '--baseline-ref', 'main'], { cwd: elsewhere })
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringMatching(/needs a git repository/)])
  })
})
