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
  there.searchParams.set('options', `-c search_path=${schema}`)
  const folder = there.searchParams.get('host')
  if (folder === null) return { url: there.href, [Symbol.asyncDispose]: () => Promise.resolve() }
  const path = `${folder}/.s.PGSQL.${there.searchParams.get('port') ?? 5_432}`
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
  const user = there.searchParams.get('user') ?? there.username
  return {
    url: `postgresql://${user}@127.0.0.1:${port}${there.pathname}?${query.toString().replaceAll('+', '%20')}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
