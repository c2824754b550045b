/** Opens a page in the browser of whoever sits here. It is a kindness: where it can't be done, that is all there is to it. */
import { spawn } from 'node:child_process'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}
const OTHER_OPENER = ['xdg-open']

/**
 * @param url one of our own: on Windows it is read by a shell
 * @returns why it was not opened, in a sentence; null: somebody was asked to
 */
export async function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const reason = whyNobodyWouldSee(env)
  if (reason !== null) return reason
  const [program, ...args] = OPENERS[process.platform] ?? OTHER_OPENER
  return await new Promise((resolve) => {
    const child = spawn(program!, [...args, url], { env: { ...env }, stdio: 'ignore', detached: true })
    child.once('spawn', () => resolve(null))
    child.once('error', ({ message }) => resolve(`the browser could not be opened: ${message}`))
    child.unref()
  })
}

function whyNobodyWouldSee(env: Readonly<Record<string, string | undefined>>): string | null {
  if (isSet(env['CI'])) return 'no browser is opened where CI is set'
  const needsDisplay = process.platform !== 'darwin' && process.platform !== 'win32'
  const hasDisplay = isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY'])
  return needsDisplay && !hasDisplay ? 'no browser is opened: there is no display' : null
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
