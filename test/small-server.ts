/** An HTTP server of a few lines, for tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface SmallServer extends AsyncDisposable {
  readonly url: string
}

export type Answering = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void

/** @param secure by HTTPS, with this certificate and key in PEM */
export async function smallServer(
  answer: Answering,
  secure?: { readonly cert: string; readonly key: string },
): Promise<SmallServer> {
  const heard = (request: IncomingMessage, response: ServerResponse): void => {
    let text = ''
    request.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
    request.on('end', () => answer(Object.assign(request, { text }), response))
  }
  const server = secure === undefined ? createServer(heard) : createSecureServer(secure, heard)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http${secure === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(response: ServerResponse, document: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

/** Below these no system takes ports for connections by itself, so that nobody takes one between two uses of it. */
const FIRST_PORT = 10_000
const PORTS = 20_000
/** Where another process begins, somewhere else. */
let drawn = (process.pid * 97) % PORTS

/** For what can't be told to choose one itself: free, and given once by a process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries++) {
    drawn = (drawn + 1) % PORTS
    const port = FIRST_PORT + drawn
    if (await canListen(port)) return port
  }
  throw new Error('no port is free')
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(port, '127.0.0.1')
    await listening
    return true
  } catch {
    return false
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
