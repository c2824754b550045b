/** One end of a connection in the hands of a test, and a store made of such ends: what comes is kept, and waited for. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Changes } from './changes.ts'

export class ByteEnd implements Disposable {
  readonly #socket: Socket
  readonly #changes = new Changes()
  #came = ''
  #isClosed = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket
      .on('data', (chunk: Buffer) => {
        this.#came += chunk.toString('latin1')
        this.#changes.notify()
      })
      .on('error', () => {})
      .on('close', () => {
        this.#isClosed = true
        this.#changes.notify()
      })
  }

  static async to(port: number): Promise<ByteEnd> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const end = new ByteEnd(socket)
    await once(socket, 'connect')
    return end
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(bytes)
  }

  /** All that came and was not taken, as soon as it is `length` bytes or more (latin1). */
  async take(length: number): Promise<string> {
    await this.#changes.until(`${length} bytes`, () => (this.#came.length >= length ? true : null))
    const came = this.#came
    this.#came = ''
    return came
  }

  /** Came and was not taken. */
  get untaken(): string {
    return this.#came
  }

  async closed(): Promise<void> {
    await this.#changes.until('the end of a connection', () => (this.#isClosed ? true : null))
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#socket.end()
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

/** It answers nothing by itself. */
export class MadeStore implements AsyncDisposable {
  readonly #server: Server
  readonly #changes = new Changes()
  readonly #ends: ByteEnd[] = []
  #met = 0

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#ends.push(new ByteEnd(socket))
      this.#changes.notify()
    })
  }

  static async start(): Promise<MadeStore> {
    const store = new MadeStore()
    await once(store.#server.listen(0, '127.0.0.1'), 'listening')
    return store
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** The store's end of the next connection. */
  async meet(): Promise<ByteEnd> {
    const number = this.#met++
    return await this.#changes.until('a connection', () => this.#ends[number] ?? null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const end of this.#ends) end[Symbol.dispose]()
    await closed
  }
}
