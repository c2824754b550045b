/** The page as it is sent: one document that loads nothing, and the policy that holds it to that. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compiledModuleUrl } from '../core/compiled.ts'
import { joinModules } from './join-modules.ts'
import { STYLE } from './page/style.ts'

export interface LivePage {
  readonly html: string
  /** Content-Security-Policy: this script and this style, and nothing from elsewhere. */
  readonly policy: string
}

const PROGRAM = compiledModuleUrl(import.meta.url, './page/main.ts').href

export function livePage(): LivePage {
  const script = `'use strict';\n${joinModules(PROGRAM, (url) => readFileSync(fileURLToPath(url), 'utf8'))}`
  return { html: documentOf(script), policy: policyOf(script) }
}

function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(STYLE)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** As many as the view has. */
const COLUMNS = [0, 1, 2, 3].map((column) => `<div class="column" id="column-${column}"></div>`).join('')

function documentOf(script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Doorbuster</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<p id="connection" role="status" hidden></p>
<p class="heard" id="heard" role="status" aria-live="assertive"></p>
<p id="waiting">Waiting for a run to begin …</p>
<main id="sale" hidden>
<header><h1 id="subject"></h1><p id="progress"></p><p id="circumstances"></p></header>
<div id="verdict"><span id="mark" aria-hidden="true"></span><div>
<p id="sentence"></p><p><span id="word"></span><span id="units"></span></p>
</div></div>
<div id="cards">${COLUMNS}</div>
</main>
<noscript>This page draws with JavaScript; /telemetry.json holds the figures.</noscript>
<script type="module">${script}</script>
</body>
</html>
`
}
