/** A real browser for tests: a Chromium or Chrome that is installed on this machine, without a window. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { onTestFinished } from 'vitest'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Why there is none; null: there is. */
export function missingBrowser(): string | null {
  return findBrowser() === null ? `none of ${NAMES.join(', ')} is on the PATH (apt-get install chromium)` : null
}

/** Closed at the end of the test at the latest. */
export async function openPage(url: string, view: { readonly width: number; readonly height: number }): Promise<Page> {
  const page = await (await startBrowser()).newPage()
  await page.setViewport(view)
  await page.goto(url)
  return page
}

async function startBrowser(): Promise<Browser> {
  // Its sandbox refuses root, as which containers and CI run.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const browser = await launch({ executablePath: findBrowser()!, args: [...args, '--disable-gpu'] })
  onTestFinished(() => browser.close())
  return browser
}

function findBrowser(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...ELSEWHERE]
  return candidates.find((path) => existsSync(path)) ?? null
}
