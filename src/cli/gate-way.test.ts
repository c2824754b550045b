import { describe, expect, it } from 'vitest'
import { HarnessError } from '../core/errors.ts'
import { type GateSideOptions, gateWay } from './gate-way.ts'

function refusal(options: GateSideOptions): string {
  try {
    return `accepted: ${gateWay(options).by}`
  } catch (error) {
    if (error instanceof HarnessError && error.exitCode === 2) return error.message
    throw error
  }
}

const TARGET = 'shop.yaml'

describe('the way of a gate', () => {
  it.each<[string, GateSideOptions]>([
    ['targets', { baselineTarget: 'mutex', candidateTarget: './mine.ts' }],
    ['refs', { target: TARGET, baselineRef: 'main' }],
    ['refs', { target: TARGET, baselineRef: 'main', candidateRef: 'HEAD', build: 'make' }],
    ['urls', { target: TARGET, baselineUrl: 'http://127.0.0.1:1', candidateUrl: 'https://[::1]:2/shop' }],
    ['stored-baseline', { baseline: ['a', 'b'], candidateTarget: TARGET }],
    ['stored-baseline', { baseline: ['a'], target: TARGET }],
    ['stored', { baseline: ['a'], candidate: ['b'] }],
  ])('is by %s', (by, options) => {
    expect(gateWay(options).by).toBe(by)
  })

  it.each<[string, GateSideOptions]>([
    ['which baseline?', { candidateTarget: 'mutex' }],
    ['one baseline, and not --baseline-target and --baseline-ref', { baselineTarget: 'a', baselineRef: 'b' }],
    ['--baseline-target needs a --candidate-target', { baselineTarget: 'a' }],
    ["--build can't be used with --baseline-target", { baselineTarget: 'a', candidateTarget: 'b', build: 'make' }],
    ['--baseline-ref needs the descriptor', { baselineRef: 'main' }],
    ["--candidate-url can't be used with --baseline-ref", { target: TARGET, baselineRef: 'main', candidateUrl: 'x' }],
    ['--baseline-url needs a --candidate-url', { target: TARGET, baselineUrl: 'http://a' }],
    ['--baseline-url needs the descriptor', { baselineUrl: 'http://a', candidateUrl: 'http://b' }],
    ['"ftp://b" is no URL', { target: TARGET, baselineUrl: 'http://a', candidateUrl: 'ftp://b' }],
    ['"http://{{env.B}}" is no URL', { target: TARGET, baselineUrl: 'http://a', candidateUrl: 'http://{{env.B}}' }],
    ['--baseline DIR is held against one of', { baseline: ['a'] }],
    ['--baseline DIR is held against one of', { baseline: ['a'], candidate: ['b'], candidateTarget: 'c' }],
    ['one candidate, and not', { baseline: ['a'], target: 'b', candidateTarget: 'c' }],
  ])('refuses with "%s"', (message, options) => {
    expect(refusal(options)).toContain(message)
  })
})
