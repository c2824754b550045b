/** How the page looks: light or dark as the reader's system is, from a phone to a screen on the wall. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f4f6; --card: #ffffff; --text: #1b2230; --quiet: #596273; --rule: #dfe3e8;
  --good: #12703a; --good-back: #e3f4e9; --bad: #b3141b; --bad-back: #fde5e5; --doubt: #8a5200; --doubt-back: #fdf0d9;
  --line-0: #1b66c9; --line-1: #c2560a; --line-2: #8a2fb8; --line-3: #0a7d74;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1b212b; --text: #e6e9ee; --quiet: #9aa5b5; --rule: #313a47;
    --good: #63d494; --good-back: #143322; --bad: #ff8a86; --bad-back: #4a1618; --doubt: #f2b75c; --doubt-back: #3c2c10;
    --line-0: #6aa9ff; --line-1: #ff9d57; --line-2: #cf8df5; --line-3: #4fd1c5;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 12px 16px 16px; background: var(--page); color: var(--text);
  font: 13px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 16px; margin-bottom: 8px; }
h1 { margin: 0; font-size: 17px; overflow-wrap: anywhere; }
#progress { margin: 0; margin-left: auto; font-size: 15px; font-weight: 600; }
#circumstances { flex-basis: 100%; margin: 0; color: var(--quiet); overflow-wrap: anywhere; }
#connection { margin: 0 0 8px; padding: 8px 12px; border-radius: 6px; background: var(--doubt-back); color: var(--doubt);
  font-weight: 600; }
#waiting { padding: 15vh 16px; text-align: center; font-size: 20px; color: var(--quiet); }
#verdict { display: flex; align-items: center; gap: 16px; margin-bottom: 12px; padding: 10px 18px; border-radius: 8px;
  border-left: 10px solid currentcolor; }
#verdict.good { color: var(--good); background: var(--good-back); }
#verdict.bad { color: var(--bad); background: var(--bad-back); }
#verdict.doubtful { color: var(--doubt); background: var(--doubt-back); }
#mark { font-size: 52px; line-height: 1; font-weight: 700; }
#verdict #sentence { margin: 0; color: inherit; font-size: clamp(22px, 2.9vw, 38px); line-height: 1.15; font-weight: 700; overflow-wrap: anywhere; }
#verdict.long #sentence { font-size: clamp(16px, 1.7vw, 22px); }
#verdict p { margin: 3px 0 0; font-size: 15px; color: var(--text); }
#word { font-weight: 700; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
#cards { display: grid; gap: 12px; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); align-items: start; }
.column { display: grid; gap: 12px; min-width: 0; }
@media (max-width: 1150px) { #cards { grid-auto-flow: row; grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 620px) {
  body { padding: 10px; }
  #cards { grid-template-columns: minmax(0, 1fr); }
  #progress { margin-left: 0; flex-basis: 100%; }
  #verdict { padding: 10px 12px; gap: 12px; }
  #mark { font-size: 38px; }
}
section { min-width: 0; padding: 10px 12px; border: 1px solid var(--rule); border-radius: 8px; background: var(--card); }
h2 { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 10px; margin: 0 0 6px;
  font-size: 14px; }
h2 small { font-size: 11px; font-weight: 400; color: var(--quiet); }
section > svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; }
.step { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 1 3; }
.mark { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 5 3; }
.below { fill: var(--bad-back); }
.label { fill: var(--quiet); font-size: 9.5px; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line-0 { stroke: var(--line-0); }
.line-1 { stroke: var(--line-1); stroke-dasharray: 6 3.5; }
.line-2 { stroke: var(--line-2); stroke-dasharray: 1.5 4; }
.line-3 { stroke: var(--line-3); stroke-dasharray: 8 3 1.5 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0 14px; margin: 2px 0 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 5px; min-width: 0; max-width: 100%; }
.legend .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--quiet); }
.legend b { white-space: nowrap; font-variant-numeric: tabular-nums; }
.swatch { flex: none; width: 18px; height: 6px; }
table { width: 100%; margin-top: 4px; border-collapse: collapse; }
th, td { padding: 2px 0 2px 8px; text-align: right; vertical-align: top; font-weight: 400;
  font-variant-numeric: tabular-nums; }
th { color: var(--quiet); font-size: 11px; }
th:first-child, td:first-child { padding-left: 0; text-align: left; overflow-wrap: anywhere; }
tbody tr { border-top: 1px solid var(--rule); }
tr.bad td { color: var(--bad); font-weight: 600; }
tr.doubtful td { color: var(--doubt); }
tr.good td:last-child { color: var(--good); }
td:last-child { white-space: nowrap; }
.numbers { font-size: 12px; }
.numbers th:not(:first-child), .numbers td:not(:first-child) { padding-left: 5px; }
.numbers td:first-child { min-width: 60px; }
.empty, .more { margin: 4px 0 0; color: var(--quiet); }
`
