import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { redactor } from './redactor.ts'

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
