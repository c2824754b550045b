/** The live page in a real browser: what it shows, when it turns, and that nothing that comes with the data is markup. */
import type { Page } from 'puppeteer-core'
import { expect, it, onTestFinished } from 'vitest'
import { type LiveServer, startLiveServer } from '../src/observe/live-server.ts'
import { BEGAN_AT_MS, counts, histogram, look, sale } from '../src/observe/testing/telemetry.ts'
import { openPage } from './browser.ts'
import { describeWithServices } from './require-service.ts'

const SCREEN = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

type Changes = Parameters<typeof look>[0]
const after = (seconds: number, changes: Changes = {}) => look({ ...changes, atMs: BEGAN_AT_MS + seconds * 1_000 })

async function serving(): Promise<LiveServer> {
  const server = await startLiveServer({ port: 0 })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** Waits until the element's text matches; the time-out of the test is the deadline. */
async function shows(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(text)})`,
  )
}

const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => (element as unknown as { textContent: string }).textContent)

/** What the page itself complained of. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

describeWithServices(['chromium'], 'the live page', () => {
  it('waits for a run, and shows the verdict turn while it goes on', async () => {
    const server = await serving()
    const page = await openPage(server.url, SCREEN)
    await shows(page, '#waiting:not([hidden])', 'Waiting for a run')
    server.take(after(0, { sales: [sale({ sold: 99 })] }))
    await shows(page, '#sentence', 'Right so far')
    expect(await page.$eval('#verdict', ({ className }) => className)).toBe('good')
    server.take(after(1, { sales: [sale({ sold: 103, oversold: 3 })], sentence: 'OVERSOLD by 3 units so far' }))
    await shows(page, '#sentence', 'OVERSOLD by 3 units so far')
    expect(await page.$eval('#verdict', ({ className }) => className)).toBe('bad')
    expect(await textOf(page, '[aria-live]')).toBe('Verdict: wrong. OVERSOLD by 3 units so far')
    expect(await page.title()).toBe('✗ wrong – staircase-12800 against naive')
  })

  it('shows the figures of the run, in pictures and in words', async () => {
    const server = await serving()
    const step = { number: 2, of: 8, offeredRatePerSec: 3_200, durationMs: 10_000, elapsedMs: 4_000 }
    server.take(after(0))
    server.take(
      after(5, {
        step: { ...step, saturated: null, generatorLate: false },
        counts: counts({ offered: 16_000, sent: 15_990, achieved: 15_000, failures: { TIMEOUT: 7 } }),
        responseTime: { sold: histogram(new Map([[0.03, 15_000]])) },
        sendLateness: histogram(new Map([[0.0005, 15_990]])),
        sales: [sale({ sold: 40 })],
        resources: { target: { cpuSeconds: 3, maxRssBytes: 5e7 } },
      }),
    )
    const page = await openPage(server.url, SCREEN)
    await shows(page, '#progress', 'step 2 of 8 at 3,200/s, 4 of 10 s · under load')
    const text = await textOf(page, '#cards')
    for (const part of ['offered3,200/s', 'achieved3,000/s', 'p5025.0ms', 'TIMEOUT7', 'left60', 'generatorin time']) {
      expect(text).toContain(part)
    }
    expect(await page.$eval('svg[role=img]', (svg) => svg.getAttribute('aria-label'))).toContain('left 60, sold 40')
  })

  it('shows a name as it is, whatever it would be as markup', async () => {
    const server = await serving()
    const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`
    const complaint = { check: 'no-oversell', verdict: 'fail', sku: hostile, sentence: hostile } as const
    server.take(
      after(0, {
        sales: [sale({ sku: hostile, sold: 1 })],
        checks: [complaint],
        sentence: hostile,
        counts: counts({ failures: { [hostile]: 1 } }),
      }),
    )
    const page = await openPage(server.url, SCREEN)
    await shows(page, '#cards', hostile)
    expect(await page.$$eval('#sale img, #sale script', (found) => found.length)).toBe(0)
    expect(await page.title()).not.toBe('taken')
  })

  it('says when the connection is lost, and goes on when it is there again', async () => {
    const first = await startLiveServer({ port: 0 })
    first.take(after(0))
    const page = await openPage(first.url, SCREEN)
    await shows(page, '#sentence', 'Right so far')
    expect(await page.$eval('#connection', (notice) => notice.hasAttribute('hidden'))).toBe(true)
    await first[Symbol.asyncDispose]()
    await shows(page, '#connection:not([hidden])', 'Connection lost: this is how it stood at')
    const second = await startLiveServer({ port: Number(new URL(first.url).port) })
    onTestFinished(() => second[Symbol.asyncDispose]())
    second.take(after(9, { sentence: 'OVERSOLD by 1 unit so far', sales: [sale({ oversold: 1 })] }))
    await shows(page, '#sentence', 'OVERSOLD by 1 unit so far')
    await page.waitForSelector('#connection[hidden]')
  })

  it('says that the run is over, and stays as it is', async () => {
    const server = await startLiveServer({ port: 0 })
    server.take(after(0, { phase: 'finished', verdict: 'passed', sentence: 'PASSED' }))
    const page = await openPage(server.url, SCREEN)
    await shows(page, '#progress', 'the run is over')
    await server[Symbol.asyncDispose]()
    await shows(page, '#connection', 'The run is over, and nobody serves this page any more')
    expect(await textOf(page, '#sentence')).toBe('PASSED')
  })

  it('needs nothing that its own policy forbids, and fits a phone', async () => {
    const server = await serving()
    server.take(after(0, { sales: [sale({ sku: 'A-VERY-LONG-NAME'.repeat(9) })] }))
    server.take(after(1, { sales: [sale({ sku: 'A-VERY-LONG-NAME'.repeat(9), sold: 5 })] }))
    const page = await openPage('about:blank', PHONE)
    const complaints = complaintsOf(page)
    await page.goto(server.url)
    await shows(page, '#cards', 'sold5')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
    expect(complaints).toEqual([])
  })
})
