/**
 * The server of the engine's bench, in a process of its own: takes any HTTP/1.1 request, answers at once, and counts
 * when requests came. No router, and no more parsing than finding where a request ends, so that it takes little of the
 * machine it shares with the generator. Commands come and figures go over the process's IPC channel.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'

export type NullServerCommand = 'restart' | 'read'
export interface NullServerReply {
  readonly port: number
  /** Requests in each cell of {@link CELL_MS} since the last restart. */
  readonly cells: readonly number[]
}

export const CELL_MS = 10
const CELLS = 8_192

const BODY = '{"orderId":"0190f3c2-7c1e-7a55-8a3c-2b1f6f0e9d10","status":"confirmed","replayed":false}'
const ANSWER = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

export function runNullServer(): void {
  let cells = new Uint32Array(CELLS)
  let originNs = process.hrtime.bigint()
  const server = createServer({ noDelay: true }, (socket) => {
    answerAll(socket, (requests) => {
      const cell = Math.floor(Number(process.hrtime.bigint() - originNs) / 1e6 / CELL_MS)
      if (cell < CELLS) cells[cell]! += requests
    })
  })
  const reply = (): void => {
    process.send?.({ port: (server.address() as AddressInfo).port, cells: [...cells] } satisfies NullServerReply)
  }
  process.on('message', (command: NullServerCommand) => {
    if (command === 'restart') {
      cells = new Uint32Array(CELLS)
      originNs = process.hrtime.bigint()
    }
    reply()
  })
  process.on('disconnect', () => process.exit(0))
  server.listen(0, '127.0.0.1', 4_096, reply)
}

function answerAll(socket: Socket, count: (requests: number) => void): void {
  let held = ''
  socket.on('data', (chunk) => {
    held += chunk.toString('latin1')
    let requests = 0
    for (let end = endOfRequest(held); end > 0; end = endOfRequest(held)) {
      held = held.slice(end)
      requests++
    }
    if (requests === 0) return
    count(requests)
    socket.write(requests === 1 ? ANSWER : ANSWER.repeat(requests), 'latin1')
  })
  socket.on('error', () => socket.destroy())
}

/** Length of the request that `text` begins with; 0 while it isn't whole. */
function endOfRequest(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)
  const end = headEnd + 4 + Number(length?.[1] ?? 0)
  return text.length >= end ? end : 0
}
