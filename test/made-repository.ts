/** A small repository with a shop in it, for tests: its first commit is right, and what comes after is the test's. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './doorbuster.ts'
import { freePort } from './small-server.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/own-shop/', import.meta.url))
const AUTHOR = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.invalid', '-c', 'commit.gpgsign=false']
const BETWEEN_LOOK_AND_SALE = '  if (isCareless) await askTheBank(20)'

export interface MadeRepository {
  readonly folder: string
  readonly git: (...words: readonly string[]) => string
  /** Adds everything, and gives the commit. */
  readonly commit: () => string
  readonly write: (name: string, text: string) => void
  /** Changes the working tree: the shop asks somebody else between its look at the stock and the sale. */
  readonly makeCareless: () => void
}

/** On branch `main`: `brief.yaml`, a sale of a second; `shop.yaml`; and `src/shop.mjs`, which a build copies to `built/`. */
export async function madeRepository(): Promise<MadeRepository> {
  const folder = realpathSync(temporaryFolder())
  const git = (...words: readonly string[]): string =>
    execFileSync('git', [...AUTHOR, ...words], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  const shop = readFileSync(join(EXAMPLE, 'shop.mjs'), 'utf8')
  git('init', '--quiet', '--initial-branch=main')
  mkdirSync(join(folder, 'src'))
  write('src/shop.mjs', shop)
  write('.gitignore', 'built/\nout/\n')
  write('shop.yaml', await descriptor())
  write('brief.yaml', BRIEF)
  const commit = (): string => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'a state of the shop')
    return git('rev-parse', 'HEAD')
  }
  commit()
  const makeCareless = (): void => write('src/shop.mjs', shop.replace(BETWEEN_LOOK_AND_SALE, '  await askTheBank(20)'))
  return { folder, git, commit, write, makeCareless }
}

const BRIEF = [
  'name: brief',
  'extends: smoke',
  'steps: [{rate: 200, duration: 1s}]',
  "thresholds: ['achieved >= 0%']",
].join('\n')

export const BUILD = 'mkdir -p built && cp src/shop.mjs built/'

async function descriptor(): Promise<string> {
  const port = String(await freePort())
  return readFileSync(join(EXAMPLE, 'my-shop.yaml'), 'utf8')
    .replace('node shop.mjs,', `node built/shop.mjs, env: {PORT: ${port}},`)
    .replace('8080', port)
    .concat('settle: {path: /healthz}\n')
}
