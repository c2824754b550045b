import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { durationMs, names } from './list-options.ts'
import { collect } from './options.ts'
import { wordsOfCommand } from './words-of-command.ts'

function wordsOf(args: readonly string[]): string[] {
  let words: string[] = []
  const command = new Command('run')
    .argument('<scenario>')
    .option('--rate <n>')
    .option('--threshold <expression>', '', collect)
    .option('--fail-fast')
    .option('--strategies <list>', '', names)
    .option('--cool-down <time>', '', durationMs, 2_000)
    .option('--instances <n>', '', '1')
    .option('--out <dir>')
    .option('--no-report')
    .action((scenario: string, _, command: Command) => {
      words = wordsOfCommand(scenario, command)
    })
  command.parse(args, { from: 'user' })
  return words
}

describe('a run as it was called', () => {
  it('keeps what was said of the sale, each time that it was said', () => {
    const args = ['smoke', '--threshold', 'p99 < 42ms', '--threshold', 'unsold == 0', '--fail-fast', '--rate', '200']
    const words = ['smoke', '--rate', '200', '--threshold', 'p99 < 42ms', '--threshold', 'unsold == 0', '--fail-fast']
    expect(wordsOf(args)).toEqual(words)
  })

  it('says a list and a time as their options read them', () => {
    expect(wordsOf(['smoke', '--strategies', 'a, b', '--cool-down', '1.5s'])).toEqual([
      'smoke',
      '--strategies',
      'a,b',
      '--cool-down',
      '1500ms',
    ])
    expect(wordsOf(['smoke', '--cool-down', '60s'])).toEqual(['smoke', '--cool-down', '1m'])
  })

  it('of a command without a scenario begins with its options', () => {
    const command = new Command('race').option('--stock <list>', '', '1').option('--json')
    command.parse(['--stock', '1,2', '--json'], { from: 'user' })
    expect(wordsOfCommand(null, command)).toEqual(['--stock', '1,2'])
  })

  it('says an option that was turned off as it was', () => {
    const turned = (word: string) => {
      const command = new Command('race').option('--memory').option('--no-memory')
      return wordsOfCommand(null, command.parse([word], { from: 'user' }))
    }
    expect([turned('--memory'), turned('--no-memory')]).toEqual([['--memory'], ['--no-memory']])
  })

  it('says a URL without its password', () => {
    const command = new Command('gate').option('--baseline-url <url>').option('--build <command>')
    command.parse(['--baseline-url', 'http://me:secret@shop:8080/?key=secret', '--build', 'make'], { from: 'user' })
    expect(wordsOfCommand(null, command)).toEqual(['--baseline-url', 'http://me:***@shop:8080', '--build', 'make'])
  })

  it('leaves out what was not said, and what says nothing of the sale', () => {
    expect(wordsOf(['smoke', '--out', 'x', '--no-report'])).toEqual(['smoke'])
  })
})
