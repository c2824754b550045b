/**
 * What a gate asks of git: where a repository is, which commit a ref names, and a folder that holds it. The user's own
 * branches, index and files are never touched.
 */
import { HarnessError } from '../../core/errors.ts'
import { runCommand } from '../../target/index.ts'

export interface CommandSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent: it is run to its end, also after an interruption. */
  readonly signal?: AbortSignal
}

/** A checkout of a large repository over a slow disk. */
const WITHIN_MS = 600_000

/** A hook sets them for its own repository, whatever the folder says. */
const OF_ONE_REPOSITORY = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
])

/** Absolute, without symbolic links. Throws HarnessError USAGE where `folder` is in no repository. */
export async function repositoryOf(folder: string, surroundings: CommandSurroundings): Promise<string> {
  return await asUsage(git(['rev-parse', '--show-toplevel'], folder, surroundings), (words) => ({
    message: `--baseline-ref needs a git repository, and ${folder} can't be used as one: ${words}`,
    hint: 'Run it in a clone of the repository that holds the descriptor.',
  }))
}

/** Throws HarnessError USAGE where the ref names no commit of this clone. */
export async function commitOf(repository: string, ref: string, surroundings: CommandSurroundings): Promise<string> {
  const question = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  try {
    return await git(question, repository, surroundings)
  } catch (error) {
    if (!isFailure(error)) throw error
    const isShallow = (await git(['rev-parse', '--is-shallow-repository'], repository, surroundings)) === 'true'
    throw new HarnessError('USAGE', {
      message: `there is no commit "${ref}" in ${repository}${isShallow ? ', which is a shallow clone' : ''}`,
      hint: isShallow
        ? 'Let actions/checkout fetch all of it (`fetch-depth: 0`), or fetch what is missing: git fetch --unshallow'
        : 'Is it spelt so, and fetched? `git fetch origin` brings what is there; `git branch -a` lists it.',
    })
  }
}

/** Whether the files of the working tree are those of its commit; what git ignores doesn't count. */
export async function isAsCommitted(repository: string, surroundings: CommandSurroundings): Promise<boolean> {
  return (await git(['status', '--porcelain'], repository, surroundings)) === ''
}

/** Absolute paths of all worktrees of the repository, its own among them. */
export async function listWorktrees(repository: string, surroundings: CommandSurroundings): Promise<string[]> {
  const list = await git(['worktree', 'list', '--porcelain'], repository, surroundings)
  return Array.from(list.matchAll(/^worktree (.*)$/gm), ([, path]) => path!)
}

/** Puts the commit into `folder`, which is made. Throws HarnessError SERVICE_FAILED. */
export async function addWorktree(
  repository: string,
  { folder, commit }: { readonly folder: string; readonly commit: string },
  surroundings: CommandSurroundings,
): Promise<void> {
  await git([...NO_HOOKS, 'worktree', 'add', '--quiet', '--detach', folder, commit], repository, surroundings)
}

/** Throws HarnessError SERVICE_FAILED where git knows no such worktree. */
export async function removeWorktree(
  repository: string,
  folder: string,
  env: CommandSurroundings['env'],
): Promise<void> {
  await git(['worktree', 'remove', '--force', '--force', folder], repository, { env })
}

/** What a checkout starts in the user's own clone is not for a folder that is thrown away. */
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null']

async function git(words: readonly string[], folder: string, { env, signal }: CommandSurroundings): Promise<string> {
  const own = Object.entries(env).filter(([name, value]) => value !== undefined && !OF_ONE_REPOSITORY.has(name))
  const output = await runCommand(
    {
      command: ['git', ...words],
      cwd: folder,
      // Nobody is there to be asked for a password.
      env: { ...(Object.fromEntries(own) as Record<string, string>), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      deadlineMs: WITHIN_MS,
      signal,
    },
    (text) => text,
  )
  return output.trim()
}

async function asUsage(
  asked: Promise<string>,
  tell: (words: string) => { readonly message: string; readonly hint: string },
): Promise<string> {
  try {
    return await asked
  } catch (cause) {
    if (!isFailure(cause)) throw cause
    const words = cause.message.replace(/^`git [^`]*` /, 'git ')
    throw new HarnessError('USAGE', { ...tell(words), cause })
  }
}

function isFailure(error: unknown): error is HarnessError {
  return error instanceof HarnessError && error.code === 'SERVICE_FAILED'
}
