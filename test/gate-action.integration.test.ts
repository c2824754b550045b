/** The action of GitHub, its steps run as a runner does, on a small repository made for it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { GATE_COMMENT_MARK } from '../src/report/gate-markdown.ts'
import { temporaryFolder } from './doorbuster.ts'
import { readAction, runAction } from './github-action.ts'
import { BUILD, madeRepository } from './made-repository.ts'

const WORKFLOW = readFileSync(new URL('../examples/github/flash-sale-gate.yml', import.meta.url), 'utf8')

it('lets a change through that changes nothing, and fails on one that oversells', async () => {
  const repository = await madeRepository()
  const inputs = { scenario: 'brief.yaml', target: 'shop.yaml', 'baseline-ref': 'main', build: BUILD, quick: 'true' }
  const same = runAction(repository.folder, inputs)
  expect([same.exitCode, same.stderr]).toEqual([0, expect.stringContaining('building the working tree')])
  expect(existsSync(join(same.directory, 'gate.json'))).toBe(true)

  repository.makeCareless()
  const wrong = runAction(repository.folder, inputs)
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stdout).toMatch(/^::error title=Flash-sale gate/m)
  expect(wrong.summary).toMatch(/WRONG/)
  // What the workflow of the example posts as a comment, and finds again at the next push.
  const comment = readFileSync(join(wrong.directory, 'gate.md'), 'utf8')
  const marker = /contains\("(<!-- .* -->)"\)/.exec(WORKFLOW)?.[1]
  expect(comment).toContain(marker)
})

it('has a folder of its own for each use, and none with a line break in its name', async () => {
  const { folder } = await madeRepository()
  const inputs = { scenario: 'smoke', target: 'shop.yaml', 'baseline-ref': 'no-such-ref' }
  const [one, other] = [runAction(folder, inputs), runAction(folder, inputs)]
  expect(basename(one.directory)).not.toBe(basename(other.directory))
  const { exitCode, directory, stdout } = runAction(folder, { ...inputs, out: 'a\ndirectory=elsewhere' })
  expect([exitCode, directory, stdout]).toEqual([2, '', expect.stringMatching(/^::error .*no line breaks$/m)])
})

it('leaves a comment to be written where there is no result', () => {
  const { jobs } = parse(WORKFLOW) as { jobs: { gate: { steps: { name?: string; run?: string }[] } } }
  const script = jobs.gate.steps.find(({ name }) => name === 'Comment')!.run!
  const folder = temporaryFolder()
  // In place of GitHub's own client: it says what it would have posted.
  const client = '#!/bin/sh\nfor word; do case $word in body=@*) cat "${word#body=@}";; esac; done\n'
  writeFileSync(join(folder, 'gh'), client, { mode: 0o755 })
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env['PATH']}`,
    GITHUB_REPOSITORY: 'us/shop',
    PULL_REQUEST: '7',
    RUN: 'https://github.example/run/1',
    COMMENT: join(folder, 'gate.md'),
  }
  const posted = (): string => execFileSync('bash', ['-eo', 'pipefail', '-c', script], { env, encoding: 'utf8' })
  expect(posted()).toBe(
    `${GATE_COMMENT_MARK}\n### ⚠️ Flash-sale gate: no result, [the log](https://github.example/run/1) says why\n`,
  )
  writeFileSync(join(folder, 'gate.md'), 'PASSED')
  expect(posted()).toBe('PASSED')
})

it('takes every input as text, whatever a shell would make of it', async () => {
  const { folder } = await madeRepository()
  const hostile = `smoke"; touch pwned; $(touch pwned) \`touch pwned\` --quick '`
  const inputs = { scenario: 'smoke', target: 'shop.yaml', 'baseline-ref': 'main' }
  for (const name of ['scenario', 'target', 'baseline-ref', 'budget', 'work', 'on-inconclusive']) {
    const { exitCode, stderr } = runAction(folder, { ...inputs, [name]: hostile })
    expect({ name, exitCode, isTold: stderr.includes('touch pwned') }).toEqual({ name, exitCode: 2, isTold: true })
  }
  expect(existsSync(join(folder, 'pwned'))).toBe(false)
})

it('has the inputs that the example gives it', () => {
  const { jobs } = parse(WORKFLOW) as {
    jobs: { gate: { steps: { uses?: string; with?: Record<string, unknown> }[] } }
  }
  const ours = jobs.gate.steps.find(({ uses }) => uses?.includes('/doorbuster@'))
  const { inputs } = readAction()
  expect(Object.keys(ours?.with ?? {}).filter((name) => !(name in inputs))).toEqual([])
  const required = Object.entries(inputs).flatMap(([name, { required }]) => (required === true ? [name] : []))
  expect(Object.keys(ours?.with ?? {})).toEqual(expect.arrayContaining(required))
})
