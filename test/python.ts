/** Python for tests of services in another language: whether there is one, and an environment with what a service needs. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findProgram } from './daemon.ts'

const PYTHON = 'python3'
const INSTALL_WITHIN_MS = 300_000
const OLDEST = '3.10'

/** What a virtual environment takes, and an index that answers; printed where it is missing. */
const LOOK = `
import sys
if sys.version_info < (${OLDEST.replace('.', ', ')}): sys.exit("it is older than ${OLDEST}")
try:
    import ensurepip, venv, pip
except ImportError as error:
    sys.exit(f"{error} (apt-get install python3-venv python3-pip)")
`

let missing: string | null | undefined

/** Why it can't be used, in words; null: it can. Asks the package index, once. */
export function missingPython(): string | null {
  missing ??= whyMissing()
  return missing
}

function whyMissing(): string | null {
  const program = findProgram(PYTHON)
  if (program === null) return `${PYTHON} not found (apt-get install python3)`
  const look = spawnSync(program, ['-c', LOOK], { encoding: 'utf8' })
  if (look.status !== 0) return `${PYTHON}: ${look.stderr.trim()}`
  const index = spawnSync(program, ['-m', 'pip', 'index', 'versions', 'psycopg'], { encoding: 'utf8', timeout: 60_000 })
  return index.status === 0 ? null : `no package index answers: ${index.stderr.trim().slice(-300)}`
}

/** Makes one in the folder. Returns where its programs stand, to be put before PATH. */
export function virtualEnvironment(folder: string, requirements: string): string {
  const programs = join(folder, 'bin')
  run(findProgram(PYTHON)!, ['-m', 'venv', folder])
  run(join(programs, 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements])
  return programs
}

function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: INSTALL_WITHIN_MS })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}:\n${stdout}${stderr}`)
}
