import { describe, expect, it } from 'vitest'
import { fillTemplate } from '../../core/fill-template.ts'
import type { TargetDescriptor } from '../../core/target-descriptor.ts'
import { loadDescriptor } from '../../descriptor/index.ts'
import { descriptorText } from '../../descriptor/testing/descriptors.ts'
import { gatedEnvironment, startedWith, upstreamsOf } from './gated-environment.ts'

const ENV: Readonly<Record<string, string>> = {
  'env.DB': 'postgres://shop:hush@db.test:5433/shop?sslmode=disable',
  'env.ENCRYPTED': 'postgres://shop:hush@db.test/shop?sslmode=require',
}
const access = { fill: (template: Parameters<typeof fillTemplate>[0]) => fillTemplate(template, (name) => ENV[name]!) }

function described(stores: string): TargetDescriptor {
  const text = descriptorText({
    start: '{command: ./shop, env: {MODE: fast, DATABASE_URL: none}}',
    race: `{stores: ${stores}}`,
  })
  return loadDescriptor(text, 'mine.yaml', '/shop').descriptor
}

describe('the stores of a raced service', () => {
  const both = described('{DATABASE_URL: "{{env.DB}}", REDIS_URL: redis://127.0.0.1/2}')

  it('stand where its URLs lead', () => {
    expect(upstreamsOf(both, access)).toMatchObject([
      { name: 'DATABASE_URL', store: 'postgres', host: 'db.test', port: 5433 },
      { name: 'REDIS_URL', store: 'redis', host: '127.0.0.1', port: 6379 },
    ])
  })

  it('are given to it with a gate in place of each, above what it was to be started with', () => {
    const gates = { DATABASE_URL: { host: '127.0.0.1', port: 1001 }, REDIS_URL: { host: '127.0.0.1', port: 1002 } }
    const environment = gatedEnvironment(both, access, gates)
    expect(environment).toEqual({
      DATABASE_URL: 'postgres://shop:hush@127.0.0.1:1001/shop?sslmode=disable',
      REDIS_URL: 'redis://127.0.0.1:1002/2',
    })
    const { start } = startedWith(both, environment)
    expect(start).toMatchObject({
      command: './shop',
      env: { MODE: ['fast'], DATABASE_URL: [environment['DATABASE_URL']], REDIS_URL: [environment['REDIS_URL']] },
    })
    // What a run starts stays as it was.
    expect(both.start?.by === 'command' && both.start.env).toEqual({ MODE: ['fast'], DATABASE_URL: ['none'] })
  })

  it('are refused where no gate can stand before one, without a word of its password', () => {
    const encrypted = described('{DATABASE_URL: "{{env.ENCRYPTED}}"}')
    expect(() => upstreamsOf(encrypted, access)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(
          /^race\.stores\.DATABASE_URL: the URL asks for TLS \(sslmode=require\): (?!.*hush)/,
        ),
      }),
    )
  })

  it('have a gate each', () => {
    expect(() => gatedEnvironment(both, access, {})).toThrow('there is no gate for DATABASE_URL')
  })
})
