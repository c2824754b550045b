/**
 * Joins compiled modules into one script that needs no server for its parts: each becomes a function that gives what it
 * exports. For modules as our own compiler writes them: named imports of relative paths, exports before declarations,
 * no cycles; anything else is an error.
 */

/** Reads a module by its URL. */
export type ReadModule = (url: string) => string

export function joinModules(entry: string, read: ReadModule): string {
  const names = new Map<string, string>()
  const parts: string[] = []
  add(entry)
  return parts.join('\n')

  function add(url: string): string {
    const known = names.get(url)
    if (known !== undefined) return known
    const name = `module${names.size}`
    names.set(url, name)
    const code = read(url).replaceAll(IMPORT, (_, imported: string, from: string) => {
      return `const {${imported.replaceAll(/\bas\b/g, ':')}} = ${add(new URL(from, url).href)};`
    })
    parts.push(asFunction(name, code, url))
    return name
  }
}

const IMPORT = /^import \{([^}]*)\} from '(\.[^']*)';$/gm
const EXPORT = /^export (?=(?:async )?(?:const|function|class) (\w+))/gm

function asFunction(name: string, code: string, url: string): string {
  const exported = [...code.matchAll(EXPORT)].map(([, one]) => one!)
  const body = code.replaceAll(EXPORT, '').replaceAll(/^export \{\};$/gm, '')
  if (/^(?:import|export)\b/m.test(body)) throw new Error(`${url} imports or exports in a form that can't be joined`)
  return `const ${name} = (() => {\n${body}\nreturn { ${exported.join(', ')} };\n})();`
}
