import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { joinModules } from './join-modules.ts'

const joined = (modules: Readonly<Record<string, string>>) =>
  joinModules('file:///main.js', (url) => modules[url.slice('file:///'.length)]!)

describe('joinModules', () => {
  it('gives each module what it imports, and keeps their other names apart', () => {
    const script = joined({
      'main.js': `import { twice as double, Box } from './a/twice.js';\nimport { ONE } from './one.js';\nconst own = 5;\nresult = new Box(double(ONE) + own).value;\nexport {};`,
      'a/twice.js': `import { ONE } from '../one.js';\nconst own = 2 * ONE;\nexport function twice(value) {\n  return value * own;\n}\nexport class Box { constructor(value) { this.value = value } }`,
      'one.js': 'export const ONE = 1;',
    })
    const context: { result?: number } = {}
    runInNewContext(script, context)
    expect(context.result).toBe(7)
    expect(script.match(/const ONE = 1/g)).toHaveLength(1)
  })

  it('refuses forms that it would lose', () => {
    expect(() => joined({ 'main.js': "import all from './one.js';" })).toThrow('main.js imports or exports in a form')
    expect(() => joined({ 'main.js': "export * from './one.js';" })).toThrow('main.js imports or exports in a form')
    expect(() => joined({ 'main.js': "import { readFile } from 'node:fs';" })).toThrow('main.js imports')
  })
})
