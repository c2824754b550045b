/**
 * The page as one file that needs nothing else: no script, no font, no picture, no network, which its own policy forbids.
 * Whoever passes it on passes on all of it.
 */
import type { Banner, Mood, Page, Section } from '../model/page.ts'
import { drawnSection, type DrawChart } from './blocks.ts'
import { escaped } from './escape.ts'
import { patternDefinitions } from './looks.ts'
import { STYLE } from './style.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

export function htmlDocument(page: Page, drawChart: DrawChart): string {
  const { title, kicker, banner, sections, colophon } = page
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
${patternDefinitions()}
<header>
<p class="kicker">${escaped(kicker)}</p>
${drawnBanner(banner)}
${drawnContents(sections)}
</header>
<main>
${sections.map((section) => drawnSection(section, drawChart)).join('\n')}
</main>
<footer><p>${escaped(colophon)}</p></footer>
</body>
</html>
`
}

const MARK_OF: Readonly<Record<Mood, string>> = { good: '✓', bad: '✗', doubtful: '!', plain: '–' }

function drawnBanner({ mood, word, rest, circumstances }: Banner): string {
  const lines = circumstances.map((line) => `<p>${escaped(line)}</p>`).join('')
  const spoken = `<strong>${escaped(word)}</strong>${rest === '' ? '' : ` <span>${escaped(rest)}</span>`}`
  return `<div id="verdict" class="${mood}"><span class="mark" aria-hidden="true">${MARK_OF[mood]}</span><div><h1>${spoken}</h1>${lines}</div></div>`
}

function drawnContents(sections: readonly Section[]): string {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}">${escaped(title)}</a></li>`).join('')
  return `<nav aria-label="Contents"><ul>${links}</ul></nav>`
}
