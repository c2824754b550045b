/**
 * Loads a strategy of somebody's own from a module: JavaScript as it is, TypeScript through `tsx`. Whatever is wrong with
 * it is said with its place, in few lines.
 */
import { spawnSync } from 'node:child_process'
import { basename, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertStrategy, ContractError, held } from '../strategies/contract.ts'
import type { Strategy } from '../strategies/strategy.ts'
import { acceptTypeScript } from './typescript.ts'

/** The module can't be used: it is not there, can't be read as a program, fails, or doesn't keep the contract. */
export class OwnStrategyError extends Error {}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])
/** Lines of an error that are quoted: a syntax error shows its place and the line. */
const QUOTED_LINES = 8

/** The strategy is the module's default export, or the one named `strategy`. Throws OwnStrategyError. */
export async function loadOwnStrategy(path: string): Promise<Strategy> {
  const exported = await load(path)
  const candidate = exported['strategy'] ?? defaultOf(exported)
  if (candidate === undefined) {
    throw new OwnStrategyError(`${path}: it exports no strategy: neither as default nor named "strategy"`)
  }
  try {
    assertStrategy(candidate)
  } catch (error) {
    throw notKept(path, error)
  }
  const strategy = candidate
  const { description, functions } = strategy
  return {
    description,
    functions,
    async start(context) {
      const started: unknown = await strategy.start(context)
      try {
        return held(started)
      } catch (error) {
        throw notKept(path, error)
      }
    },
  }
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  // The standard output is for the line that says that the server is ready.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error })
  try {
    if (TYPESCRIPT.has(extname(path))) await acceptTypeScript()
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw new OwnStrategyError(`${path}: it can't be loaded\n${quoted(error, path)}`, { cause: error })
  }
}

/** CommonJS that was compiled from a module has its default one level deeper. */
function defaultOf({ default: one }: Readonly<Record<string, unknown>>): unknown {
  if (typeof one !== 'object' || one === null || 'start' in one) return one
  const inner = one as Readonly<Record<string, unknown>>
  return inner['strategy'] ?? inner['default'] ?? one
}

function notKept(path: string, error: unknown): unknown {
  if (!(error instanceof ContractError)) return error
  return new OwnStrategyError(`${path}: it does not keep the contract of a strategy: ${error.message}`)
}

/** The message; where it doesn't name the file, the lines of the stack that lie outside Node and the server. */
function quoted(error: unknown, path: string): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message.includes(basename(path))) return firstLines(error.message)
  if (error instanceof SyntaxError) return firstLines(placeOfSyntaxError(path) ?? error.message)
  const stack = (error.stack ?? error.message).split('\n')
  return firstLines(stack.filter((line) => !/^\s+at .*(node:internal|own-strategy)/.test(line)).join('\n'))
}

/** An error of `import()` doesn't say where in the text it is; Node's own check of the file does. */
function placeOfSyntaxError(path: string): string | null {
  const { status, stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: 10_000 })
  return status === 1 && stderr.includes('SyntaxError') ? stderr : null
}

function firstLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*node:internal|^Node\.js v/.test(line))
    .slice(0, QUOTED_LINES)
    .join('\n')
}
