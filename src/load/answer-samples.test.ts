import { describe, expect, it } from 'vitest'
import { redactor } from '../core/redactor.ts'
import { AnswerSamples } from './answer-samples.ts'

describe('samples of answers', () => {
  it('are short, printable, different, and few', () => {
    const samples = new AnswerSamples()
    samples.keep('a\r\nb\u0000é c')
    samples.keep('a\r\nb\u0000é c')
    samples.keep('x'.repeat(1_000))
    expect(samples.kept).toStrictEqual(['a b  c', 'x'.repeat(200)])
    for (let n = 0; n < 20; n++) samples.keep(`sample ${n}`)
    expect(samples.kept).toHaveLength(8)
  })

  it('hold no secret, however it is written, nor a part of one', () => {
    const samples = new AnswerSamples(redactor(['top "secret"', 'top', '']))
    samples.keep('401 token top "secret" is old; top%20%22secret%22, top \\"secret\\", topmost')
    samples.keep(`${'.'.repeat(195)}top "secret"`)
    expect(samples.kept).toStrictEqual(['401 token *** is old; ***, ***, topmost', `${'.'.repeat(195)}***`])
  })
})
