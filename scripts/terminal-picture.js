/**
 * Draws what a command printed as an SVG: `FORCE_COLOR=1 doorbuster demo | node scripts/terminal-picture.js TITLE > FILE`.
 * Knows the handful of colours that our own output uses; anything else is drawn plain.
 */
import { readFileSync } from 'node:fs'

const ESCAPE = '\x1b'
const SGR = new RegExp(String.raw`${ESCAPE}\[([\d;]*)m([^${ESCAPE}]*)`, 'g')
const COLORS = {
  31: '#f47067',
  32: '#57ab5a',
  33: '#daaa3f',
  34: '#539bf5',
  35: '#b083f0',
  36: '#39c5cf',
  90: '#768390',
}
const FOREGROUND = '#cdd9e5'
const BACKGROUND = '#1c2128'
const CELL_WIDTH = 8.43
const LINE_HEIGHT = 19
const MARGIN = 18
const BAR = 34

const title = process.argv[2] ?? 'doorbuster'
const lines = readFileSync(0, 'utf8').replace(/\n+$/, '').split('\n')
const width = Math.ceil(Math.max(...lines.map((line) => withoutCodes(line).length)) * CELL_WIDTH + 2 * MARGIN)
const height = lines.length * LINE_HEIGHT + 2 * MARGIN + BAR

const texts = lines.map((line, index) => {
  const y = BAR + MARGIN + (index + 0.75) * LINE_HEIGHT
  return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${spans(line)}</text>`
})

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<circle cx="20" cy="18" r="6" fill="#f47067"/><circle cx="40" cy="18" r="6" fill="#daaa3f"/><circle cx="60" cy="18" r="6" fill="#57ab5a"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${FOREGROUND}">
<text x="${width / 2}" y="23" text-anchor="middle" fill="#768390">${escaped(title)}</text>
${texts.join('\n')}
</g>
</svg>
`)

function spans(line) {
  let style = { color: FOREGROUND, bold: false, dim: false }
  let out = ''
  for (const [, codes, text] of `${ESCAPE}[0m${line}`.matchAll(SGR)) {
    for (const code of codes.split(';')) style = styled(style, Number(code))
    if (text !== '')
      out += `<tspan fill="${style.color}"${style.bold ? ' font-weight="bold"' : ''}${style.dim ? ' opacity="0.6"' : ''}>${escaped(text)}</tspan>`
  }
  return out
}

function styled(style, code) {
  if (code === 0) return { color: FOREGROUND, bold: false, dim: false }
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 22) return { ...style, bold: false, dim: false }
  if (code === 39) return { ...style, color: FOREGROUND }
  return { ...style, color: COLORS[code] ?? style.color }
}

function withoutCodes(line) {
  return line.replaceAll(SGR, '$2')
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
