/**
 * Why the bytes of a connection can't be understood any further. A value, since a peer that sends nonsense doesn't break
 * a race: its connection is closed with this sentence.
 */
export class FrameFault {
  readonly sentence: string

  constructor(sentence: string) {
    this.sentence = sentence
  }
}

/** 64 MiB. No call of a sale comes near it, and nothing is kept beyond. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024
