/** Finds k6: where `K6_BINARY` says, else on the PATH; and asks it which version it is. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve, sep } from 'node:path'
import { HarnessError } from '../../core/errors.ts'

export interface FoundK6 {
  /** Whole, where it is on the PATH. */
  readonly path: string
  /** "v1.8.0" */
  readonly version: string
}

const VERSION_DEADLINE_MS = 10_000
const SUPPORTED_MAJORS: ReadonlySet<number> = new Set([1, 2])

const WAYS_TO_GET_IT = [
  'Ways to get it:',
  '  macOS            brew install k6',
  '  Debian, Ubuntu   the apt repository that https://grafana.com/docs/k6/latest/set-up/install-k6/ describes',
  '  Fedora           dnf install k6, with the repository described there',
  '  Windows          winget install k6 --source winget',
  '  Go 1.25          go install go.k6.io/k6@v1.8.0   (into $(go env GOPATH)/bin)',
  'Or name a binary: K6_BINARY=/path/to/k6',
].join('\n')

/** Throws HarnessError SERVICE_UNAVAILABLE where there is none, or one of a version that is not known to work. */
export function findK6(env: Readonly<Record<string, string | undefined>>): FoundK6 {
  const named = env['K6_BINARY']
  const path = named === undefined || named === '' ? 'k6' : wholeWhereItIsAPath(named)
  const { error, status, stdout } = spawnSync(path, ['version'], {
    env,
    encoding: 'utf8',
    timeout: VERSION_DEADLINE_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (error !== undefined || status !== 0) {
    const isNowhere = path === 'k6' && error !== undefined && 'code' in error && error.code === 'ENOENT'
    if (isNowhere) throw unavailable('k6 is not on the PATH')
    const why = error === undefined ? `\`${path} version\` ended with code ${status}` : error.message
    throw unavailable(
      `${path === 'k6' ? 'the k6 on the PATH' : `K6_BINARY names ${path}, which`} can't be run (${why})`,
    )
  }
  const version = /\bv(\d+)\.\d+\.\d+\S*/.exec(stdout)
  if (version === null) throw unavailable(`\`${path} version\` says "${firstLine(stdout)}", which is no version of k6`)
  if (!SUPPORTED_MAJORS.has(Number(version[1]))) {
    throw unavailable(`${path} is k6 ${version[0]}; versions 1 and 2 are known to work`)
  }
  return { path: path === 'k6' ? wholePath(path, env) : path, version: version[0] }
}

/** It is started in other folders than the one that its path may count from. */
function wholeWhereItIsAPath(named: string): string {
  return named.includes('/') || named.includes(sep) ? resolve(named) : named
}

function wholePath(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const candidates = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates.find(isExecutable) ?? name
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

function unavailable(message: string): HarnessError {
  return new HarnessError('SERVICE_UNAVAILABLE', { message, hint: WAYS_TO_GET_IT })
}
