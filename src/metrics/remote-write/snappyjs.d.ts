/** Of snappyjs 0.7, which brings no types: what is used of it. The block format, without framing. */
declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array
  export function uncompress(bytes: Uint8Array): Uint8Array
}
