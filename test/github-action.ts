/** Runs the steps of a composite action as GitHub does: its expressions filled in, each `run` in a bash of its own. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { temporaryFolder } from './doorbuster.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>
  readonly runs: {
    readonly steps: readonly {
      readonly id?: string
      readonly shell: string
      readonly env: Readonly<Record<string, string>>
      readonly run: string
    }[]
  }
}

export interface ActionEnd {
  /** Of the first step that failed; 0: none did. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** What was written for the page of the job. */
  readonly summary: string
  /** The folder of the gate. */
  readonly directory: string
}

export function readAction(): Action {
  return parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action
}

/** In `workspace`, with inputs as a workflow gives them. */
export function runAction(workspace: string, given: Readonly<Record<string, string>>): ActionEnd {
  const { inputs, runs } = readAction()
  const machine = temporaryFolder()
  const [temp, output, summary] = ['temp', 'output', 'summary'].map((name) => join(machine, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(temp)
  for (const file of [output, summary]) writeFileSync(file, '')
  const values = new Map([['github.action_path', ROOT]])
  for (const [name, { default: usual }] of Object.entries(inputs))
    values.set(`inputs.${name}`, given[name] ?? usual ?? '')
  let said = { exitCode: 0 as number | null, stdout: '', stderr: '' }
  for (const { id, env, run } of runs.steps) {
    writeFileSync(output, '')
    // As GitHub runs `shell: bash`.
    const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', fillIn(run, values)], {
      cwd: workspace,
      env: {
        ...process.env,
        NO_COLOR: '1',
        GITHUB_ACTIONS: 'true',
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fillIn(text, values)])),
      },
      encoding: 'utf8',
      timeout: 100_000,
    })
    for (const [, name, value] of readFileSync(output, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) {
      values.set(`steps.${id ?? ''}.outputs.${name}`, value!)
    }
    said = { exitCode: ended.status, stdout: said.stdout + ended.stdout, stderr: said.stderr + ended.stderr }
    if (ended.status !== 0) break
  }
  const directory = values.get('steps.folder.outputs.directory') ?? ''
  return { ...said, summary: readFileSync(summary, 'utf8'), directory }
}

function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (whole, expression: string) => {
    const value = values.get(expression)
    if (value === undefined) throw new Error(`the action uses ${whole}, which nothing here stands for`)
    return value
  })
}
