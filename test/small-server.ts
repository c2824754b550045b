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

/** For what can't be told to choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
