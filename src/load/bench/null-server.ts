/**
 * The server of the engine's bench, in a process of its own: takes any HTTP/1.1 request and answers at once, and counts
 * when requests came. It has no router and no parser beyond finding where a request ends, so that it costs little of the
 * machine it shares with the generator. Commands and figures go over the process's IPC channel.
 */
import { createServer } from 'node:net'

/** Arrivals are counted in cells of this length. */
const CELL_NS = 10_000_000n
const CELLS = 16_384

const BUY_BODY = '{"orderId":"0190f3c2-7c1e-7a55-8a3c-2b1f6f0e9d10","status":"confirmed","replayed":false}'
const ANSWER = Buffer.from(
  `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${BUY_BODY.length}\r\n\r\n${BUY_BODY}`,
)

let cells = new Uint32Array(CELLS)
let originNs = process.hrtime.bigint()

const server = createServer({ noDelay: true }, (socket) => {
  let held = ''
  socket.on('data', (chunk) => {
    held += chunk.toString('latin1')
    let answers = 0
    for (let end = endOfRequest(held); end > 0; end = endOfRequest(held)) {
      held = held.slice(end)
      answers++
    }
    if (answers === 0) return
    const cell = Number((process.hrtime.bigint() - originNs) / CELL_NS)
    if (cell < CELLS) cells[cell]! += answers
    socket.write(answers === 1 ? ANSWER : Buffer.concat(Array.from({ length: answers }, () => ANSWER)))
  })
  socket.on('error', () => socket.destroy())
})

/** Length of the request that `text` begins with, 0 while it isn't whole. */
function endOfRequest(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))
  const end = headEnd + 4 + Number(length?.[1] ?? 0)
  return text.length >= end ? end : 0
}

process.on('message', (command: 'restart' | 'read') => {
  if (command === 'restart') {
    cells = new Uint32Array(CELLS)
    originNs = process.hrtime.bigint()
  }
  process.send!({ cells: Array.from(cells) })
})
process.on('disconnect', () => process.exit(0))

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 4096, () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
