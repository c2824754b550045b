/**
 * Two states of one repository side by side, built and ready to be started: each ref in a worktree of its own, below a
 * private temporary folder that is gone at the end, whatever the end was. A candidate without a ref is the working tree as
 * it is.
 */
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { HarnessError } from '../../core/errors.ts'
import { runCommand } from '../../target/index.ts'
import { CHECKOUTS_PREFIX, forgetWorktree, ownCheckouts, removeAbandoned } from './abandoned-checkouts.ts'
import { addWorktree, type CommandSurroundings, commitOf, isAsCommitted, repositoryOf } from './git.ts'

export interface CheckoutRequest {
  /** Path of the descriptor in the working tree. */
  readonly descriptor: string
  /** Where the user stands: the build is run in the same folder of each checkout. */
  readonly folder: string
  readonly baselineRef: string
  /** null: the working tree as it is. */
  readonly candidateRef: string | null
  /** For `sh -c`; null: there is nothing to build. */
  readonly build: string | null
  readonly env: CommandSurroundings['env']
  readonly signal: AbortSignal
  /** Told what takes its time. */
  readonly onWait: (what: string) => void
}

/** One state of the repository. */
interface Checkout {
  /** `origin/main (1a2b3c4d)`, `the working tree`. */
  readonly label: string
  readonly descriptor: DescriptorPlace
}

export interface DescriptorPlace {
  /** Its text stands there. */
  readonly file: string
  /** What it names by relative paths stands here, and is started here. */
  readonly folder: string
  /** For messages: `origin/main:shop.yaml`. */
  readonly shownAs: string
}

export interface Checkouts extends AsyncDisposable {
  readonly baseline: Checkout
  readonly candidate: Checkout
  /** What a reader has to know of how they came about, a sentence each. */
  readonly notes: readonly string[]
}

const BUILD_WITHIN_MS = 1_800_000
const SHORT_HASH = 8

/**
 * Throws HarnessError USAGE for refs and paths that can't be used, TARGET_FAILED where a build fails, INTERRUPTED. Leaves
 * nothing behind then.
 */
export async function checkOut(request: CheckoutRequest): Promise<Checkouts> {
  const making = new Making(request)
  try {
    return await making.all()
  } catch (error) {
    await making.remove()
    throw error
  }
}

class Making {
  readonly #request: CheckoutRequest
  readonly #notes: string[] = []
  readonly #worktrees: string[] = []
  #repository = ''
  #temporary: string | null = null

  constructor(request: CheckoutRequest) {
    this.#request = request
  }

  async all(): Promise<Checkouts> {
    const { descriptor, baselineRef, candidateRef } = this.#request
    const file = realPath(descriptor)
    this.#repository = await repositoryOf(dirname(file), this.#request)
    const baselineCommit = await commitOf(this.#repository, baselineRef, this.#request)
    const candidateCommit = await commitOf(this.#repository, candidateRef ?? 'HEAD', this.#request)
    await this.#noteSameCommit(baselineCommit, candidateCommit)
    const baseline = await this.#worktree('baseline', baselineRef, baselineCommit)
    const candidate =
      candidateRef === null
        ? { root: this.#repository, label: 'the working tree', shownAs: '' }
        : await this.#worktree('candidate', candidateRef, candidateCommit)
    const made = {
      baseline: await this.#checkout(baseline, file),
      candidate: await this.#checkout(candidate, file),
    }
    await this.#build(baseline)
    await this.#build(candidate)
    return { ...made, notes: this.#notes, [Symbol.asyncDispose]: () => this.remove() }
  }

  /** Also after an interruption, and however far it had come. */
  async remove(): Promise<void> {
    for (const folder of this.#worktrees.splice(0)) {
      await forgetWorktree(this.#repository, folder, this.#request.env)
    }
    if (this.#temporary !== null) await rm(this.#temporary, { recursive: true, force: true, maxRetries: 3 })
    this.#temporary = null
  }

  async #noteSameCommit(baseline: string, candidate: string): Promise<void> {
    if (baseline !== candidate) return
    const { baselineRef, candidateRef } = this.#request
    if (candidateRef === null && !(await isAsCommitted(this.#repository, this.#request))) return
    this.#notes.push(`baseline and candidate are the same commit, ${named(baselineRef, baseline)}`)
  }

  async #worktree(name: string, ref: string, commit: string): Promise<Tree> {
    this.#temporary ??= await this.#makeTemporary()
    const root = join(this.#temporary, name)
    this.#worktrees.push(root)
    this.#request.onWait(`checking out ${named(ref, commit)}`)
    await addWorktree(this.#repository, { folder: root, commit }, this.#request)
    return { root, label: named(ref, commit), shownAs: `${ref}:` }
  }

  async #makeTemporary(): Promise<string> {
    await removeAbandoned(this.#repository, this.#request)
    // The path without links: what git lists, and what a build prints.
    const folder = realpathSync(await mkdtemp(join(tmpdir(), CHECKOUTS_PREFIX)))
    await ownCheckouts(folder)
    return folder
  }

  async #checkout({ root, label, shownAs }: Tree, descriptor: string): Promise<Checkout> {
    const path = relative(this.#repository, descriptor)
    const file = join(root, path)
    const folder = dirname(file)
    if (existsSync(file)) return { label, descriptor: { file, folder, shownAs: shownAs + path } }
    this.#notes.push(`${label} has no ${path}: it is started and judged by the one of the working tree`)
    await mkdir(folder, { recursive: true })
    return { label, descriptor: { file: descriptor, folder, shownAs: path } }
  }

  async #build({ root, label }: Tree): Promise<void> {
    const { build, env, signal, onWait } = this.#request
    if (build === null) return
    const cwd = join(root, this.#folderOfBuild())
    if (!existsSync(cwd)) {
      throw new HarnessError('USAGE', { message: `${label} has no folder ${relative(root, cwd)} to run --build in` })
    }
    onWait(`building ${label}: ${build}`)
    try {
      // Both streams as one, so that the end of it is the end of what a person would see.
      const command = `exec 2>&1\n${build}`
      await runCommand({ command, cwd, env: definedOnly(env), deadlineMs: BUILD_WITHIN_MS, signal }, withoutPrelude)
    } catch (cause) {
      if (!(cause instanceof HarnessError) || cause.exitReason !== 'environment') throw cause
      const hint = `It was run as \`${build}\` in ${cwd}.`
      throw new HarnessError('TARGET_FAILED', { message: `--build of ${label}: ${cause.message}`, hint, cause })
    }
  }

  /** Where the user would have typed it, seen from the root. From outside of the repository: the root. */
  #folderOfBuild(): string {
    const path = relative(this.#repository, realPath(this.#request.folder))
    return path.startsWith('..') ? '' : path
  }
}

/** The name of a command is its first line, and that of ours says nothing. */
function withoutPrelude(message: string): string {
  return message.replace('`exec 2>&1`', 'it')
}

/** A folder that holds a state of the repository. */
interface Tree {
  readonly root: string
  readonly label: string
  /** What stands before a path in messages. */
  readonly shownAs: string
}

function named(ref: string, commit: string): string {
  return commit.startsWith(ref) ? commit.slice(0, SHORT_HASH) : `${ref} (${commit.slice(0, SHORT_HASH)})`
}

/** Throws HarnessError USAGE for a file or folder that is not there. */
function realPath(path: string): string {
  try {
    return realpathSync(resolve(path))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${message})`
    throw new HarnessError('USAGE', { message: `${path}: ${why}`, cause })
  }
}

function definedOnly(env: CommandSurroundings['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<string, string>
}
