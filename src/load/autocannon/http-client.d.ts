/**
 * What this engine uses of autocannon's client, which comes without types: one connection that asks again when it was
 * answered. As of 8.0.0, to which package.json pins it: this module is not autocannon's public face.
 */
declare module 'autocannon/lib/httpClient.js' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'

  export interface ClientRequest {
    readonly method: string
    readonly path: string
    /** Host and port of the target. */
    readonly host: string
    /** The client adds to it. */
    readonly headers: Record<string, string>
    readonly body: string
  }

  export interface ClientOptions {
    readonly protocol: 'http:' | 'https:'
    /** Where it connects to. */
    readonly hostname: string
    readonly port: number
    readonly pipelining: 1
    /** Seconds. */
    readonly timeout: number
    /** Called before each request, and once in the constructor. */
    readonly requests: readonly [{ readonly setupRequest: () => ClientRequest }]
  }

  export interface ResponseHead {
    readonly statusCode: number
    /** Names and values in turn. */
    readonly headers: readonly string[]
    readonly shouldKeepAlive: boolean
  }

  /** http-parser-js, as much of it as is looked at. */
  export interface ResponseParser {
    readonly constructor: { readonly kOnMessageComplete: number }
    readonly state: string
    /** What is there of a line that has not ended. */
    readonly line: string
    readonly hadError: boolean
    /** Of the bytes that are being read: how far it is, and where they end. */
    readonly offset: number
    readonly end: number
    [callback: number]: () => void
    finish(): void
  }

  export default class Client extends EventEmitter<{
    headers: [ResponseHead]
    /** Exactly the bytes of the body that came. */
    body: [Buffer]
    connError: [NodeJS.ErrnoException]
  }> {
    constructor(options: ClientOptions)
    readonly conn: Socket
    readonly parser: ResponseParser
    readonly reqsMade: number
    /** After so many requests it destroys itself where it would send the next. */
    responseMax: number | undefined
    destroy(): void
  }
}
