/**
 * Lets this process import TypeScript, through `tsx`. A file is taken for an ES module whatever the nearest package.json
 * says: a folder with one strategy in it often has none, and `tsx` would then make CommonJS of it, and of the modules of
 * this package that it asks for.
 */
import module from 'node:module'

interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
}

type Resolve<Result> = (specifier: string, context: unknown, next: (...given: unknown[]) => Result) => Result

/** Of Node from 22.15 on: hooks in this thread, where `register` is on its way out. */
type RegisterHooks = (hooks: { readonly resolve: Resolve<Resolved> }) => unknown

/** Its source goes to the thread of the hooks too: it must not use anything from outside itself. */
function asModule(resolved: Resolved): Resolved {
  const isOwnTypeScript = /\.m?tsx?(\?|$)/.test(resolved.url) && !resolved.url.includes('/node_modules/')
  return isOwnTypeScript ? { ...resolved, format: 'module' } : resolved
}

export async function acceptTypeScript(): Promise<void> {
  // Hooks that are registered later are asked first: those of tsx so find what this one says.
  const { registerHooks } = module as { readonly registerHooks?: RegisterHooks }
  if (registerHooks !== undefined) {
    registerHooks({ resolve: (specifier, context, next) => asModule(next(specifier, context)) })
  } else {
    const hook = `${String(asModule)}\nexport const resolve = async (s, c, next) => asModule(await next(s, c))`
    module.register(`data:text/javascript,${encodeURIComponent(hook)}`)
  }
  // Loaded where it is needed: it holds a compiler.
  const { register } = await import('tsx/esm/api')
  register()
}
