import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeValue } from './fill-template.ts'
import { redactor, secretsOfBuyers } from './redactor.ts'

it('masks a secret also as in a URL, in JSON or in base64', () => {
  const secret = 'p&ss "w+rd'
  const redact = redactor([secret, 'ab'])
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('base64')]
  for (const form of forms) expect(redact(`before ${form} after`)).toMatch(/^before "?\*\*\*={0,2}"? after$/)
})

it('masks a very short one only where it stands by itself', () => {
  expect(redactor(['t0ken', 'ab'])('about ab: t0kens')).toBe('about ***: ***s')
})

it('masks the password of a URL wherever it stands', () => {
  const redact = redactor(['mysql://shop:correct%2Dhorse@localhost/test'])
  expect(redact('correct-horse, correct%2Dhorse; shop at localhost')).toBe('***, ***; shop at localhost')
  expect(redactor(['postgres://postgres:postgres@localhost/test'])('postgres said')).toBe('postgres said')
})

it('changes nothing where there is no secret', () => {
  expect(redactor([''])('as it was')).toBe('as it was')
})

it('takes any secret, whatever it means to a regular expression', () => {
  const secrets = fc.string({ unit: 'grapheme', minLength: 4 })
  fc.assert(fc.property(secrets, (secret) => redactor([secret])(`<${secret}>`) === '<***>'))
  expect(redactor(['[a-z]{2}-(.*)$/u'])('[a-z]{2}-(.*)$/u')).toBe('***')
})

const ESCAPINGS = ['plain', 'url', 'json-text', 'json-value'] as const
const halved = (hex: string): string => hex.toLowerCase()
const numbered = (text: string): string => Array.from(text, (one) => `&#${one.codePointAt(0)};`).join('')
const everyUnit = (text: string): string =>
  [...Array(text.length).keys()].map((n) => `\\u${text.charCodeAt(n).toString(16).padStart(4, '0')}`).join('')
const FORMS: readonly [string, (secret: string) => string][] = [
  ...ESCAPINGS.map((as): [string, (secret: string) => string] => [
    `as a template writes it (${as})`,
    (secret) => escapeValue(secret, as),
  ]),
  ['by encodeURIComponent', encodeURIComponent],
  ['in lower-case hex', (secret) => escapeValue(secret, 'url').replaceAll(/%../g, halved)],
  ['with every byte encoded', (secret) => Buffer.from(secret).toString('hex').replaceAll(/../g, '%$&')],
  ['in a form', (secret) => new URLSearchParams({ a: secret }).toString().slice(2)],
  ['in JSON with every unit escaped', everyUnit],
  ['in JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
  ['percent-encoded, in JSON', (secret) => JSON.stringify({ path: escapeValue(secret, 'url') })],
  ['in HTML', (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ['in HTML by numbers', numbered],
  ['in base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['in base64 behind a name', (secret) => Buffer.from(`shop:${secret}`).toString('base64')],
  ['in base64 before a password', (secret) => Buffer.from(`${secret}:x`).toString('base64')],
]
const secretTexts = fc
  .string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
  .filter((text) => text.trim().length >= 4 && !/^[\d.]*$/.test(text))

it.each(FORMS)('masks any secret %s', (_how, write) => {
  fc.assert(
    fc.property(secretTexts, (secret) => {
      const written = write(secret)
      const shown = redactor([secret])(`a ${written} z`)
      expect(shown).toContain('***')
      expect(shown).not.toContain(written)
    }),
    { numRuns: 300 },
  )
})

it('leaves what is no secret, whatever it looks like', () => {
  const text = String.raw`{"path":"/a%20b?x=1+2","html":"a &amp; b","token":"c2hvcDo=","line":"\n%zz &nope; &#99999999;"}`
  expect(redactor(['correct-horse'])(text)).toBe(text)
})

it('masks what buyers have of their own, however many they are, but not who they are', () => {
  const pool = Array.from({ length: 50_000 }, (_, n) => ({ userId: `user-${n}`, token: `tok en-${n}-${n * 7}!` }))
  const redact = redactor(secretsOfBuyers({ pool }))
  const sample = `no rule fits: 401 {"user":"user-7","why":"${escapeValue(pool[7]!.token, 'url')} is not ${pool[8]!.token}"}`
  expect(redact(sample)).toBe('no rule fits: 401 {"user":"user-7","why":"*** is not ***"}')
})
