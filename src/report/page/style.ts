import { properties } from '../theme.js';

/** Of a report's page: light or dark as the reader's system is, one column on a telephone, A4 on paper. */
export const reportStyle = `
:root { color-scheme: light dark; ${properties('light')} --wash: #f4f6f8; --warn: #8a3410; --warned: #fff5ea; }
@media (prefers-color-scheme: dark) { :root { ${properties('dark')} --wash: #1d2328; --warn: #ffc187; --warned: #2b2016; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { font: 15px/1.55 "DejaVu Sans", "Segoe UI", system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1120px; margin: 0 auto; padding: 36px 24px 64px; overflow-wrap: anywhere; }
header p { color: var(--soft); margin: 4px 0; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 44px 0 4px; padding-top: 14px; border-top: 1px solid var(--grid); }
h3 { font-size: 14.5px; margin: 0 0 6px; line-height: 1.35; }
p { margin: 4px 0; }
.note, figcaption { color: var(--soft); font-size: 13px; }
nav { font-size: 13px; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
a { color: var(--series-0); text-underline-offset: 2px; }
.warnings { color: var(--warn); background: var(--warned); border-left: 3px solid currentColor; margin: 18px 0; padding: 10px 14px 10px 30px; font-size: 13.5px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 16px; margin: 18px 0 8px; }
.card { background: var(--wash); border-radius: 8px; padding: 16px 18px; }
.card .figure-of { font-size: 30px; line-height: 1.2; font-weight: 700; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.card .figure-of small { font-size: 17px; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.card dl { display: grid; grid-template-columns: auto 1fr; gap: 1px 14px; margin: 8px 0 0; font-size: 13px; }
dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 28px 32px; margin: 20px 0 0; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure.wide { grid-column: 1 / -1; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, max(320px, calc(100% / var(--across) - 20px))), 1fr)); gap: 10px 20px; margin: 4px 0 6px; align-items: start; }
.panels svg { display: block; width: 100%; height: auto; max-width: 470px; }
.panels > div { min-width: 0; }
.files { font-size: 12px; }
details { margin: 14px 0; }
summary { cursor: pointer; font-weight: 600; font-size: 14.5px; }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; margin: 10px 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--grid); }
th { color: var(--soft); font-weight: 600; }
th, td { overflow-wrap: break-word; } td.code:first-child { min-width: 34ch; }
td.number, th.number { text-align: right; white-space: nowrap; }
code, pre, td.code { font: 12.5px/1.5 "DejaVu Sans Mono", ui-monospace, Consolas, monospace; }
pre { background: var(--wash); border-radius: 8px; padding: 12px 14px; white-space: pre-wrap; }
@media (max-width: 560px) {
  body { padding: 22px 14px 48px; } h1 { font-size: 22px; }
  table.stacked thead { display: none; } table.stacked td { display: block; border: 0; padding: 1px 0; }
  table.stacked tr { display: block; border-bottom: 1px solid var(--grid); padding: 6px 0; }
  table.labelled td::before { content: attr(data-label) ": "; color: var(--soft); } table.labelled td.number { text-align: left; white-space: normal; }
  td, th { padding-right: 8px; overflow-wrap: anywhere; } td.code:first-child { min-width: 0; } table.runs .optional { display: none; }
}
@media print {
  @page { size: A4; margin: 14mm 12mm; }
  :root { color-scheme: light; ${properties('light')} --wash: #f4f6f8; --warn: #8a3410; --warned: #fff5ea; }
  body { padding: 0; max-width: none; font-size: 10.5px; } h1 { font-size: 19px; } h2 { font-size: 14px; margin-top: 20px; break-after: avoid; }
  h3 { font-size: 11px; } .note, figcaption, .files { font-size: 9px; } nav, .files, .live { display: none; }
  .card .figure-of { font-size: 21px; } .card .figure-of small { font-size: 12px; } .card dl { font-size: 9px; } .card, pre { border: 1px solid var(--grid); }
  .cards { grid-template-columns: repeat(3, 1fr); gap: 8px; } .figures { grid-template-columns: 1fr 1fr; gap: 14px 18px; }
  .panels { grid-template-columns: repeat(var(--across), 1fr); } .panels svg { max-width: 340px; }
  table { font-size: 8.5px; } td, th { padding: 2px 8px 2px 0; } tr { break-inside: avoid; } code, pre, td.code { font-size: 8.5px; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
`;
