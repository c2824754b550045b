/** What the gate itself says to a server in the name of Postgres, before it closes the connection. Pure. */

/** The server broke the protocol; what it asks for is not to be had here. */
export type OwnErrorCode = '08P01' | '0A000'

/** An ErrorResponse of severity FATAL. */
export function fatalError(code: OwnErrorCode, message: string): Buffer {
  const fields = [`SFATAL`, `VFATAL`, `C${code}`, `M${message}`].map((field) => `${field}\0`).join('')
  const body = Buffer.from(`${fields}\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}
