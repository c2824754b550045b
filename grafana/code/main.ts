/** `npm run grafana`: writes grafana/dashboards/*.json and the lists of docs/dashboards.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dashboardFiles } from './dashboards.ts'
import { withLists } from './lists.ts'

const folder = new URL('../', import.meta.url)
const files = dashboardFiles()
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(`dashboards/${name}`, folder), text)

const document = new URL('../docs/dashboards.md', folder)
const alerts = readFileSync(new URL('prometheus/rules/alerts.yml', folder), 'utf8')
writeFileSync(document, withLists(readFileSync(document, 'utf8'), { dashboards: files, alerts }))

process.stdout.write(`wrote ${Object.keys(files).join(', ')} and the lists of docs/dashboards.md\n`)
