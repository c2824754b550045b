/**
 * The log of a container as the engine sends it: frames of a header of eight bytes (stream, three zeros, length) and
 * text (Docker Engine API, "Stream format" of ContainerAttach). Pure.
 */
const HEADER_BYTES = 8
const LENGTH_AT = 4

/** The texts of all frames, in their order; a frame that was cut off is left out. */
export function parseLogFrames(bytes: Buffer): string {
  const texts: string[] = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + LENGTH_AT)
    if (end > bytes.length) break
    texts.push(bytes.toString('utf8', at + HEADER_BYTES, end))
    at = end
  }
  return texts.join('')
}
