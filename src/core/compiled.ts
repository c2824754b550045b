/**
 * Where the compiled form of a module stands. Workers and child processes are always started from `dist/`, also when
 * the code that starts them was loaded from its TypeScript source by a test.
 */

/**
 * URL of the compiled module at `relative` (written with `.ts`) to the module at `importMetaUrl`.
 * From `<root>/src/a/b.ts`, `./c.ts` is `<root>/dist/src/a/c.js`; from `<root>/dist/src/a/b.js` likewise.
 */
export function compiledModuleUrl(importMetaUrl: string, relative: string): URL {
  const target = new URL(relative, importMetaUrl)
  target.pathname = target.pathname.replace(/\.ts$/, '.js')
  if (importMetaUrl.endsWith('.ts')) {
    target.pathname = target.pathname.replace(/\/(src|targets)\/(?!.*\/(?:src|targets)\/)/, '/dist/$1/')
  }
  return target
}
