/**
 * Texts that are a fixed prefix and a number, as UTF-8 bytes: users (`u17`) and request ids. A step has hundreds of
 * thousands of them, so they are put together and taken apart without a string for each.
 */
const DIGIT_0 = 0x30
const MAX_DIGITS = 10

/** `prefix + number` for each number; null for those that equal `none`. All share one buffer. */
export function numberedTexts(prefix: string, numbers: Uint32Array, none?: number): (Uint8Array | null)[] {
  const head = new TextEncoder().encode(prefix)
  const buffer = new Uint8Array(numbers.length * (head.length + MAX_DIGITS))
  let at = 0
  return Array.from(numbers, (number) => {
    if (number === none) return null
    const start = at
    buffer.set(head, at)
    at = writeDecimal(buffer, at + head.length, number)
    return buffer.subarray(start, at)
  })
}

/** Returns the position after the last digit. */
function writeDecimal(buffer: Uint8Array, at: number, number: number): number {
  let digits = 1
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits++
  let rest = number
  for (let position = at + digits - 1; position >= at; position--) {
    buffer[position] = DIGIT_0 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return at + digits
}

/** The inverse for one text: its number (an unsigned 32-bit integer), or null if it isn't `prefix` and digits. */
export function numberAfter(prefix: Uint8Array, text: Uint8Array): number | null {
  const digits = text.length - prefix.length
  if (digits < 1 || digits > MAX_DIGITS) return null
  for (let i = 0; i < prefix.length; i++) if (text[i] !== prefix[i]) return null
  let number = 0
  for (let i = prefix.length; i < text.length; i++) {
    const digit = text[i]! - DIGIT_0
    if (digit < 0 || digit > 9) return null
    number = number * 10 + digit
  }
  return number <= 0xffff_ffff ? number : null
}
