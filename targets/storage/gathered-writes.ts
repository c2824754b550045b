/**
 * Writes of one turn of the event loop as few system calls: a write to a socket costs the server as much as the rest of
 * what it does for a command. A few commands at a time, not all of the turn: with the whole turn in one write (as with
 * `enableAutoPipelining`) server and store wait for each other in turns, and a closed loop gets less done than without.
 */
import type { Writable } from 'node:stream'

/** Measured with 128 buyers in a closed loop over HTTP: 8 gets 1.3 times as much done as 1, and 1,000 as much as 1. */
const COMMANDS_PER_WRITE = 8

export class GatheredWrites {
  #held: Writable | null = null
  #commands = 0

  /** To be called before each command that is written to `stream`. */
  beforeWrite(stream: Writable): void {
    if (this.#held === stream && this.#commands < COMMANDS_PER_WRITE) {
      this.#commands++
      return
    }
    // Held already in this turn, or another one after a reconnect: what was gathered so far goes now.
    const isNewTurn = this.#held === null
    this.#held?.uncork()
    stream.cork()
    this.#held = stream
    this.#commands = 1
    if (isNewTurn) setImmediate(() => this.#release())
  }

  #release(): void {
    this.#held?.uncork()
    this.#held = null
  }
}
