/** `doorbuster observe` as a person starts it: over the folders that runs write, beside runs that it has not begun. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Telemetry } from '../src/core/telemetry.ts'
import { BEGAN_AT_MS, look, source } from '../src/observe/testing/telemetry.ts'
import { doorbuster, processesWith, type Running, start, temporaryFolder } from './doorbuster.ts'
import { freePort } from './prometheus.ts'
import { describeWithServices } from './require-service.ts'

interface Observing {
  readonly running: Running
  readonly url: string
}

/** Nothing beside the page, unless a test wants it. */
async function observing(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Observing> {
  const port = await freePort()
  const running = start(['observe', '--port', String(port), ...args], { cwd, env })
  await running.said(/the live page: /)
  return { running, url: `http://127.0.0.1:${port}/` }
}

/** Asks for the last that was told until it is so; the time-out of the test is the deadline. */
async function untilShown(url: string, isIt: (last: Telemetry) => boolean): Promise<Telemetry> {
  for (;;) {
    const last = (await (await fetch(`${url}telemetry.json`)).json()) as Telemetry | null
    if (last !== null && isIt(last)) return last
    await delay(50)
  }
}

const line = (runId: string, second: number, changes: Partial<Telemetry> = {}): string =>
  `${JSON.stringify(look({ source: source({ runId }), atMs: BEGAN_AT_MS + second * 1_000, ...changes }))}\n`

function beginRun(results: string, runId: string): string {
  const folder = join(results, `20260314T15092${runId}Z-smoke-naive`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'live.ndjson'), line(runId, 0))
  return join(folder, 'live.ndjson')
}

const PLAIN = ['--no-open', '--no-prometheus']

describe('observe without a folder', () => {
  it('waits for a run, follows it, takes up the next that begins, and ends by Ctrl-C with 0', async () => {
    const cwd = temporaryFolder()
    const { running, url } = await observing(PLAIN, cwd)
    expect(await (await fetch(`${url}telemetry.json`)).json()).toBeNull()
    const file = beginRun(join(cwd, 'results'), '1')
    await untilShown(url, ({ source: { runId } }) => runId === '1')
    appendFileSync(file, line('1', 1, { sentence: 'OVERSOLD by 1 unit so far' }))
    await untilShown(url, ({ sentence }) => sentence === 'OVERSOLD by 1 unit so far')
    beginRun(join(cwd, 'results'), '2')
    await untilShown(url, ({ source: { runId } }) => runId === '2')
    running.kill('SIGINT')
    const { exitCode, stdout, stderr } = await running.finished
    expect(exitCode).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/showing results\/20260314T150921Z-smoke-naive\n.*showing .*22Z-smoke-naive\nstopping/s)
  })

  it('begins with the run that was told of last', async () => {
    const cwd = temporaryFolder()
    const files = ['1', '2', '3'].map((runId) => beginRun(join(cwd, 'results'), runId))
    for (const [index, file] of files.entries()) utimesSync(file, 0, [100, 300, 200][index]!)
    const { url } = await observing(PLAIN, cwd)
    expect(await untilShown(url, () => true)).toMatchObject({ source: { runId: '2' } })
  })
})

describe('observe of a folder that shows nothing', () => {
  it('ends with 2 and says why', async () => {
    const cwd = temporaryFolder()
    const missing = await doorbuster(['observe', 'nowhere', ...PLAIN], { cwd })
    expect(missing).toMatchObject({ exitCode: 2, stdout: '' })
    expect(missing.stderr).toContain('is not the folder of a run')
    expect((await doorbuster(['observe', '--port', '99999'], { cwd })).exitCode).toBe(2)
  })
})

describe('observe and the browser', () => {
  it('opens the page, by what the system opens pages with', async () => {
    const cwd = temporaryFolder()
    const opener = join(cwd, process.platform === 'darwin' ? 'open' : 'xdg-open')
    writeFileSync(
      opener,
      `#!/bin/sh\necho "$1" >${join(cwd, 'opened')}\nmv ${join(cwd, 'opened')} ${join(cwd, 'done')}\n`,
    )
    chmodSync(opener, 0o755)
    const env = { CI: '', DISPLAY: ':0', PATH: `${cwd}${delimiter}${process.env['PATH']}` }
    const { url } = await observing(['--no-prometheus'], cwd, env)
    await expect.poll(() => readIfThere(join(cwd, 'done')), { timeout: 20_000 }).toBe(`${url}\n`)
  })

  it('says that it opens none where nobody would see it', async () => {
    const { running } = await observing(['--no-prometheus'], temporaryFolder(), { CI: '1' })
    await running.said(/note: no browser/)
    running.kill('SIGINT')
    expect((await running.finished).stderr).toContain('note: no browser is opened where CI is set\n')
  })
})

describeWithServices(['postgres'], 'observe beside a real run', () => {
  it('shows it to its end, and again when it is over', async () => {
    const cwd = temporaryFolder()
    const { url } = await observing(PLAIN, cwd)
    const run = start(
      ['run', 'smoke', '--strategy', 'naive', '--rate', '100', '--duration', '3s', '--out', 'results/it'],
      {
        cwd,
      },
    )
    const shown = await untilShown(url, ({ phase }) => phase === 'finished')
    await run.finished
    expect(shown).toMatchObject({ source: { scenario: 'smoke', target: 'naive' } })
    expect(shown.verdict).not.toBeNull()
    const again = await observing(['results/it', ...PLAIN], cwd)
    expect(await untilShown(again.url, ({ phase }) => phase === 'finished')).toEqual(shown)
  })

  it('says that a run is over that was killed', async () => {
    const cwd = temporaryFolder()
    const run = start(
      ['run', 'smoke', '--strategy', 'naive', '--rate', '50', '--duration', '60s', '--out', 'results/it'],
      {
        cwd,
      },
    )
    const { url } = await observing(PLAIN, cwd)
    await untilShown(url, ({ phase }) => phase === 'load')
    run.kill('SIGKILL')
    expect(await untilShown(url, ({ phase }) => phase === 'finished')).toMatchObject({
      verdict: 'interrupted',
      sentence: expect.stringContaining('is gone') as unknown,
    })
  })
})

describeWithServices(['prometheus'], 'observe and Prometheus', () => {
  it('leaves none behind, however it ends', async () => {
    const cwd = temporaryFolder()
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const { running } = await observing(['--no-open'], cwd)
      await running.said(/Prometheus: http:\/\/127\.0\.0\.1:\d+\//)
      expect(processesWith(join(cwd, 'results/prometheus'))).toHaveLength(1)
      running.kill(signal)
      await running.finished
      await expect.poll(() => processesWith(join(cwd, 'results/prometheus')), { timeout: 20_000 }).toEqual([])
    }
  })
})

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
