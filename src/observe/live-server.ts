/**
 * Shows a sale to whoever looks while it is on: the page, its events, and what others add, such as metrics.
 *
 * It is a guest in the process that makes the load: it waits for no reader, keeps no process alive, and a reader that
 * doesn't read is dropped. It listens on loopback unless told otherwise, and answers only who asks for it by its name:
 * else any web page could read a run by a name of its own that leads here (DNS rebinding).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HarnessError } from '../core/errors.ts'
import type { TelemetrySink } from '../core/telemetry.ts'
import { EventReaders } from './event-readers.ts'
import { livePage } from './live-page.ts'
import { namesUs } from './own-name.ts'

const LOOPBACK = '127.0.0.1'

export interface LiveServerOptions {
  /** 0: any that is free. */
  readonly port: number
  /** Address to listen on. Without it, loopback; another lets other machines look. */
  readonly host?: string
  /** Further paths, such as `/metrics`. */
  readonly answers?: Readonly<Record<string, LiveAnswer>>
}

/** What it throws is a 500 that says why. `accept`: the header, '' without one. */
type LiveAnswer = (request: { readonly accept: string }) => Promise<LiveContent>

interface LiveContent {
  readonly contentType: string
  readonly body: string
}

export interface LiveServer extends TelemetrySink, AsyncDisposable {
  /** `http://127.0.0.1:9464/` */
  readonly url: string
}

/** Throws HarnessError SERVICE_UNAVAILABLE when it can't listen there. */
export async function startLiveServer({ port, host = LOOPBACK, answers = {} }: LiveServerOptions): Promise<LiveServer> {
  const site = new Site(host, answers)
  const server = createServer((request, response) => site.answer(request, response))
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('connection', (socket) => socket.unref())
  try {
    await listen(server, port, host)
  } catch (error) {
    site.readers.end()
    throw error
  }
  // A connection that can't be taken, for want of descriptors perhaps, is a reader less.
  server.on('error', () => undefined)
  server.unref()
  return {
    url: urlOf(server.address() as AddressInfo, host),
    take: (telemetry) => site.readers.take(telemetry),
    [Symbol.asyncDispose]: () => close(server, site.readers),
  }
}

class Site {
  readonly readers = new EventReaders()
  readonly #host: string
  readonly #pages: ReadonlyMap<string, LiveAnswer>
  readonly #policy: string

  constructor(host: string, answers: Readonly<Record<string, LiveAnswer>>) {
    const { html, policy } = livePage()
    this.#host = host
    this.#policy = policy
    this.#pages = new Map<string, LiveAnswer>([
      ['/', async () => ({ contentType: 'text/html; charset=utf-8', body: html })],
      ['/telemetry.json', async () => ({ contentType: 'application/json', body: this.readers.lastAsJson })],
      ...Object.entries(answers),
    ])
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => response.destroy())
    if (!namesUs(request.headers.host, this.#host)) return this.#say(response, 403, 'ask for it by the name it gave')
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.#say(response, 405, 'only GET')
    const path = (request.url ?? '/').split('?', 1)[0]!
    if (path === '/events' && request.method === 'GET') return this.readers.add(response)
    const page = this.#pages.get(path)
    if (page === undefined) return this.#say(response, 404, `there is ${[...this.#pages.keys(), '/events'].join(', ')}`)
    void this.#send(response, page, request.headers.accept ?? '')
  }

  async #send(response: ServerResponse, page: LiveAnswer, accept: string): Promise<void> {
    try {
      const { contentType, body } = await page({ accept })
      response.writeHead(200, this.#headers(contentType)).end(body)
    } catch (error) {
      this.#say(response, 500, error instanceof Error ? error.message : String(error))
    }
  }

  #say(response: ServerResponse, status: number, sentence: string): void {
    response.writeHead(status, this.#headers('text/plain; charset=utf-8')).end(`${sentence}\n`)
  }

  #headers(contentType: string): Record<string, string> {
    return {
      'content-type': contentType,
      'cache-control': 'no-store',
      'content-security-policy': this.#policy,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    }
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (cause) {
    throw new HarnessError('SERVICE_UNAVAILABLE', {
      message: `cannot listen on ${host}:${port}: ${whyNot(cause as NodeJS.ErrnoException)}`,
      hint: 'Name another port, or 0 for any that is free.',
      cause,
    })
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'another process listens there'
  if (code === 'EACCES') return 'this user may not listen there'
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'this machine has no such address'
  return message
}

function urlOf({ address, port, family }: AddressInfo, host: string): string {
  const isAny = address === '0.0.0.0' || address === '::'
  const name = isAny || host === 'localhost' ? LOOPBACK : address
  return `http://${family === 'IPv6' && !isAny ? `[${name}]` : name}:${port}/`
}

/** For what is on its way to readers; then they are cut off. */
const LAST_WORDS_MS = 500

async function close(server: Server, readers: EventReaders): Promise<void> {
  readers.end()
  await new Promise<void>((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
  })
}
