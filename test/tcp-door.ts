/** A port of the loopback that leads to the Unix socket of a private Postgres, for services that know no other way. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpDoor extends AsyncDisposable {
  /** With host and port, and tables in the schema. */
  readonly url: string
}

/** One that has a host already is left as it is, but for the schema. */
export async function tcpDoor({ url, schema }: { readonly url: string; readonly schema: string }): Promise<TcpDoor> {
  const there = new URL(url)
  const asked = there.searchParams
  const folder = asked.get('host')
  asked.set('options', `-c search_path=${schema}`)
  if (folder === null) {
    there.search = spelled(asked)
    return { url: there.href, [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const path = `${folder}/.s.PGSQL.${asked.get('port') ?? 5_432}`
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const inside = connect(path)
    for (const [from, to] of [
      [socket, inside],
      [inside, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        to.destroy()
        sockets.delete(from)
      })
      from.pipe(to)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const query = new URLSearchParams({ sslmode: 'disable', options: `-c search_path=${schema}` })
  const user = asked.get('user') ?? there.username
  return {
    url: `postgresql://${user}@127.0.0.1:${port}${there.pathname}?${spelled(query)}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** libpq takes a plus for a plus. */
function spelled(query: URLSearchParams): string {
  return query.toString().replaceAll('+', '%20')
}
