/** Connections that are opened ahead, to servers of the test's own on the loopback. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ReadyConnections } from './ready-connections.ts'

let server: Server | null = null
const accepted: Socket[] = []
let heard = ''

afterEach(() => {
  for (const socket of accepted.splice(0)) socket.destroy()
  server?.close()
  server = null
  heard = ''
})

async function listen(): Promise<URL> {
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString()))
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; looks < 2_000 && !isSo(); looks++) await delay(5)
  expect(isSo()).toBe(true)
}

describe('ready connections', () => {
  it('stand without a byte being sent, until the pool takes them', async () => {
    const origin = await listen()
    const ready = new ReadyConnections({ origin, tls: null, connectTimeoutMs: 5_000 })
    expect(await ready.open(300)).toBeNull()
    expect([ready.count, ready.takeOpened()]).toStrictEqual([300, 300])
    await until(() => accepted.length === 300)
    const taken = await new Promise<Socket | null>((resolve) => {
      ready.connector({ hostname: '', protocol: '', port: '' }, (_error, socket) => resolve(socket))
    })
    expect(taken!.destroyed).toBe(false)
    expect([ready.count, ready.takeOpened()]).toStrictEqual([299, 0])
    taken!.destroy()
    ready.close()
    expect(ready.count).toBe(0)
    expect(heard).toBe('')
  })

  it.each<[string, (socket: Socket) => void]>([
    ['closes it', (socket) => socket.end()],
    ['resets it', (socket) => socket.resetAndDestroy()],
    ['writes to it before it was asked', (socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')],
  ])('are none any more when the server %s', async (_what, leave) => {
    const origin = await listen()
    const ready = new ReadyConnections({ origin, tls: null, connectTimeoutMs: 5_000 })
    expect(await ready.open(3)).toBeNull()
    await until(() => accepted.length === 3)
    leave(accepted[0]!)
    await until(() => ready.count === 2)
    ready.close()
  })

  it('say why they can not stand', async () => {
    const origin = await listen()
    server!.close()
    await once(server!, 'close')
    const ready = new ReadyConnections({ origin, tls: null, connectTimeoutMs: 5_000 })
    expect(await ready.open(3)).toBe('ECONNREFUSED')
    expect(ready.count).toBe(0)
  })
})
