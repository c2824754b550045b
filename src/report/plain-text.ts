/**
 * Text that came from elsewhere (order ids, error codes, names) made safe to print: no control characters, no escape
 * sequences, no line breaks, bounded.
 */
const LONGEST = 400

/** Escape sequences are taken out whole; other control characters are shown as U+FFFD. */
export function plain(text: string, longest = LONGEST): string {
  const clean = text
    .replaceAll(ESCAPE_SEQUENCES, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean
}

/** CSI and OSC sequences of ECMA-48. */
const ESCAPE = String.fromCharCode(0x1b)
const BELL = String.fromCharCode(0x07)
const ESCAPE_SEQUENCES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?)`,
  'g',
)
const SGR = new RegExp(`${ESCAPE}\\[[\\d;]*m`, 'g')

/** Columns that a text takes on a terminal, colour codes not counted. */
export function visibleWidth(text: string): number {
  return text.replaceAll(SGR, '').length
}

/** Breaks a text between words so that no line is wider than `width`; lines after the first begin with `indent`. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  const [lead = ''] = /^ */.exec(text)!
  let line = ''
  for (const word of text.slice(lead.length).split(' ')) {
    const begin = lines.length === 0 ? lead : indent
    const longer = line === '' ? begin + word : `${line} ${word}`
    if (line !== '' && visibleWidth(longer) > width) {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  lines.push(line)
  return lines
}

/** What can't stand in `$'...'` as it is. */
const UNQUOTED = /[\p{Cc}\\']/gu

function quotedCharacter(character: string): string {
  if (character === '\n') return String.raw`\n`
  if (character === "'" || character === '\\') return `\\${character}`
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** As it can be pasted into a shell: one line, whatever it holds. */
export function shellWord(text: string): string {
  if (/\p{Cc}/u.test(text)) return `$'${text.replaceAll(UNQUOTED, quotedCharacter)}'`
  return /^[\w./@%+:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
