/**
 * How a report looks: light or dark as the reader's system is (or as `data-theme` says), from a phone to paper. Colours
 * are those of the live page.
 */
const LIGHT = `color-scheme: light;
  --page: #f3f4f6; --card: #ffffff; --text: #1b2230; --quiet: #596273; --rule: #dfe3e8; --code: #f3f4f6;
  --good: #12703a; --good-back: #e3f4e9; --bad: #b3141b; --bad-back: #fde5e5; --doubt: #8a5200; --doubt-back: #fdf0d9;
  --line-0: #1b66c9; --line-1: #c2560a; --line-2: #8a2fb8; --line-3: #0a7d74; --line-4: #7a6a00; --line-5: #596273;
  --sold: #1d8a4b; --sold-out: #7b8798; --limit-reached: #8a2fb8; --refused: #c2560a; --shown: #1b66c9;
  --unknown: #a86400; --dropped: #b3141b;`
const DARK = `color-scheme: dark;
  --page: #12161d; --card: #1b212b; --text: #e6e9ee; --quiet: #9aa5b5; --rule: #313a47; --code: #12161d;
  --good: #63d494; --good-back: #143322; --bad: #ff8a86; --bad-back: #4a1618; --doubt: #f2b75c; --doubt-back: #3c2c10;
  --line-0: #6aa9ff; --line-1: #ff9d57; --line-2: #cf8df5; --line-3: #4fd1c5; --line-4: #d9c74a; --line-5: #9aa5b5;
  --sold: #4cc283; --sold-out: #7d8898; --limit-reached: #cf8df5; --refused: #ff9d57; --shown: #6aa9ff;
  --unknown: #f2b75c; --dropped: #ff8a86;`

export const STYLE = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${DARK} } }
:root[data-theme=dark] { ${DARK} }
* { box-sizing: border-box; }
html { scroll-behavior: auto; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 20px 20px 40px; max-width: 920px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere; }
p { margin: 0 0 8px; }
a { color: var(--line-0); }
:focus-visible { outline: 2px solid var(--line-0); outline-offset: 2px; }
.definitions { position: absolute; }
.over { fill: none; stroke: var(--card); stroke-width: 1.5; stroke-linecap: square; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.kicker { color: var(--quiet); font-size: 14px; margin-bottom: 6px; }
#verdict { display: flex; gap: 18px; align-items: flex-start; padding: 18px 22px; border-radius: 10px;
  border-left: 10px solid currentcolor; }
#verdict h1 { margin: 0 0 6px; font-size: clamp(18px, 2.6vw, 23px); line-height: 1.3; font-weight: 600; }
#verdict h1 strong { display: block; font-size: clamp(28px, 5vw, 42px); line-height: 1.1; font-weight: 800; }
#verdict p { margin: 0; color: var(--text); font-size: 13.5px; }
.mark { font-size: clamp(34px, 6vw, 56px); line-height: 1; font-weight: 800; }
#verdict.good { color: var(--good); background: var(--good-back); }
#verdict.bad { color: var(--bad); background: var(--bad-back); }
#verdict.doubtful { color: var(--doubt); background: var(--doubt-back); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 14px 0 0; padding: 0; list-style: none; font-size: 13.5px; }
section { margin-top: 16px; padding: 16px 18px; border: 1px solid var(--rule); border-radius: 10px; background: var(--card); }
h2 { margin: 0 0 6px; font-size: 19px; line-height: 1.25; }
h3 { margin: 0; font-size: 15px; }
.lead { color: var(--quiet); max-width: 75ch; }
section > p.bad { color: var(--bad); font-weight: 600; margin-top: 14px; }
section > p.doubtful { color: var(--doubt); }
section > p.good { color: var(--good); }
.advice { margin: 0; padding: 0; list-style: none; display: grid; gap: 12px; }
.advice > li { padding: 2px 0 2px 14px; border-left: 4px solid var(--quiet); }
.advice > li.bad { border-color: var(--bad); }
.advice > li.doubtful { border-color: var(--doubt); }
.advice > li.good { border-color: var(--good); }
.advice .finding { font-weight: 650; margin-bottom: 2px; }
.advice p { margin-bottom: 4px; max-width: 80ch; }
.advice ul { margin: 0; padding-left: 20px; max-width: 80ch; }
figure { margin: 16px 0 0; }
.drawn figcaption p { margin: 1px 0 6px; color: var(--quiet); font-size: 13.5px; max-width: 85ch; }
.above { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 20px; font-size: 12.5px; }
.unit { color: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 6px; min-width: 0; }
.swatch { flex: none; }
.chart { display: block; width: 100%; height: auto; }
.chart text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; }
.chart.narrow { display: none; max-width: 460px; }
.sequence { margin-top: 6px; }
.sequence text { fill: var(--text); }
.sequence :is(.call, .reply) text { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.sequence .life { fill: none; stroke: var(--rule); stroke-width: 1.5; }
.sequence .shaft { fill: none; stroke: var(--line-0); stroke-width: 1.6; }
.sequence .reply .shaft { stroke: var(--quiet); stroke-dasharray: 5 3; }
.sequence .tip { fill: var(--line-0); }
.sequence .reply .tip { fill: var(--quiet); }
.sequence .reply text { fill: var(--quiet); }
.sequence .head rect { fill: var(--code); stroke: var(--quiet); }
.sequence .head text { font-weight: 650; }
.sequence .note rect { fill: var(--code); stroke: var(--rule); }
.sequence .note.doubtful rect { fill: var(--doubt-back); stroke: var(--doubt); }
.sequence .note.bad rect { fill: var(--bad-back); stroke: var(--bad); }
.sequence .note.doubtful text { fill: var(--doubt); }
.sequence .note.bad text { fill: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; margin: 8px 0; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 0 4px 14px; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: normal; }
th:first-child, td:first-child { padding-left: 0; }
th.right, td.right { text-align: right; white-space: nowrap; }
thead th { color: var(--quiet); font-size: 12px; vertical-align: bottom; }
tbody tr { border-top: 1px solid var(--rule); }
tbody th { white-space: nowrap; }
td { overflow-wrap: break-word; }
tr.bad th { color: var(--bad); font-weight: 600; }
tr.doubtful th { color: var(--doubt); font-weight: 600; }
tr.good th { color: var(--good); }
#steps tr.good th { color: inherit; }
#steps tr.good td:last-child { color: var(--good); }
#steps tr.bad td:last-child { color: var(--bad); font-weight: 600; }
#steps tr.doubtful td:last-child { color: var(--doubt); font-weight: 600; }
#checks td:last-child { color: var(--quiet); }
#checks td:nth-child(2), #checks td:nth-child(3):not(:nth-last-child(2)) { white-space: nowrap; }
#times table:not(.texts) td:last-child { white-space: nowrap; }
.more { color: var(--quiet); font-size: 13px; margin-top: 6px; }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--quiet); font-size: 13.5px; width: fit-content; }
.proof { margin: 8px 0 18px; padding: 10px 12px; border: 1px solid var(--rule); border-radius: 8px; }
.proof > p { margin-bottom: 4px; }
.lanes, .intervals ol { margin: 10px 0 0; padding: 0; list-style: none; font-size: 13px; }
.lanes li, .intervals li { display: grid; grid-template-columns: minmax(0, 230px) minmax(0, 1fr) minmax(0, 250px); gap: 0 12px;
  align-items: center; padding: 3px 0; border-top: 1px solid var(--rule); }
.track { position: relative; display: block; height: 18px; background: linear-gradient(90deg, var(--rule) 1px, transparent 1px) 0 0 / 25% 100%; border-right: 1px solid var(--rule); }
.who { font-weight: 550; }
.what { font-variant-numeric: tabular-nums; }
.bar { position: absolute; top: 3px; height: 12px; min-width: 3px; border-radius: 2px; background: var(--of); }
.bar.sold { --of: var(--sold); }
.bar.soldOut { --of: repeating-linear-gradient(45deg, var(--sold-out) 0 4px, var(--card) 4px 6px); }
.bar.limitReached { --of: repeating-linear-gradient(90deg, var(--limit-reached) 0 3px, var(--card) 3px 5px); }
.bar.refused { --of: repeating-linear-gradient(-45deg, var(--refused) 0 4px, var(--card) 4px 6px); }
.bar.shown { --of: repeating-linear-gradient(0deg, var(--shown) 0 3px, var(--card) 3px 4.5px); }
.bar.unknown { --of: repeating-linear-gradient(90deg, var(--unknown) 0 2px, var(--card) 2px 5px); }
.bar.dropped { --of: var(--dropped); }
.bar.open { border-radius: 2px 0 0 2px; mask-image: linear-gradient(90deg, #000 70%, transparent); }
.scale { display: flex; justify-content: space-between; margin: 2px calc(250px + 12px) 0 calc(230px + 12px); color: var(--quiet);
  font-size: 11.5px; font-variant-numeric: tabular-nums; }
.whisker { position: absolute; top: 8px; height: 2px; min-width: 2px; background: var(--line-0); }
.whisker::before, .whisker::after { content: ""; position: absolute; top: -4px; width: 2px; height: 10px; background: inherit; }
.whisker::after { right: 0; }
.median { position: absolute; top: 4px; width: 10px; height: 10px; margin-left: -5px; border-radius: 50%; background: var(--line-0); }
.bad .whisker, .bad .median { background: var(--bad); }
.bad .median { border-radius: 0; }
.zero { position: absolute; top: 0; bottom: 0; border-left: 1px solid var(--quiet); }
.limit-words { color: var(--bad); white-space: nowrap; }
.limit { position: absolute; top: 0; bottom: 0; border-left: 2px dashed var(--bad); }
.command figcaption { color: var(--quiet); font-size: 13.5px; }
pre { margin: 4px 0 0; padding: 10px 12px; border-radius: 6px; background: var(--code); border: 1px solid var(--rule);
  overflow-x: auto; white-space: pre-wrap; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
footer { margin-top: 18px; color: var(--quiet); font-size: 13px; }
@media (max-width: 620px) {
  body { padding: 10px 10px 24px; }
  section { padding: 12px; }
  #verdict { padding: 14px; gap: 12px; border-left-width: 7px; }
  .chart.wide { display: none; }
  .chart.narrow { display: block; }
  .lanes li, .intervals li { grid-template-columns: minmax(0, 1fr); padding: 6px 0; }
  .scale { margin: 2px 0 0; }
  .texts :is(tbody, tr, th, td), .texts { display: block; padding: 0; }
  .texts thead { position: absolute; clip-path: inset(50%); }
  .texts tr { padding: 6px 0; }
  .texts :is(tbody th, td) { white-space: normal !important; }
  .texts td:empty { display: none; }
  .texts td[data-title]::before { content: attr(data-title) ": "; color: var(--quiet); }
}
@media print {
  :root:root { ${LIGHT} --page: #ffffff; --code: #ffffff; }
  body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav { display: none; }
  section { border: 0; padding: 6px 0; border-top: 1px solid var(--rule); border-radius: 0; }
  h2, h3, figcaption { break-after: avoid; }
  .chart.wide { display: block; }
  .chart.narrow { display: none; }
  figcaption, .above, .chart, .lanes li, .intervals li, tr, .advice > li, pre { break-inside: avoid; }
  .above { break-after: avoid; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  table { font-size: 9pt; }
}
`
