/** Every way to cut bytes into two pieces, and the way into single bytes. */
export function* splits(bytes: Buffer): Iterable<readonly Buffer[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
}
