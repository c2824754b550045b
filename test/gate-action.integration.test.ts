/** The action of GitHub, its steps run as a runner does, on a small repository made for it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
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
