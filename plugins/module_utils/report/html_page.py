# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Style and script of the HTML report, which are the same for every receipt.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --text: #1b1f24; --soft: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --failed: #c62828; --unknown: #7b3fb3; --progressing: #1264c4; --warning: #9a6200; --ready: #1a7f37; --on: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #9198a1; --line: #30363d; --panel: #151b23;
  --failed: #ff7b72; --unknown: #d2a8ff; --progressing: #79c0ff; --warning: #e3b341; --ready: #56d364; --on: #0d1117; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { border-left: .5rem solid var(--failed); padding-left: 1.5rem; margin-top: 1.5rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; color: var(--failed); }
.allow header { border-left-color: var(--ready); } .allow h1 { color: var(--ready); }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
a { color: inherit; }
ol { margin: .4rem 0; padding-left: 1.75rem; } li { margin: .5rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.soft, footer { color: var(--soft); font-size: .9rem; }
code { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
th code { color: var(--soft); }
.chip { display: inline-block; padding: 0 .5em; border-radius: .3em; border: 1px solid transparent; font-size: .8rem; font-weight: 600;
  color: var(--on); background: var(--soft); white-space: nowrap; }
.failed { background: var(--failed); fill: var(--failed); } .unknown { background: var(--unknown); fill: var(--unknown); }
.progressing { background: var(--progressing); fill: var(--progressing); } .warning { background: var(--warning); }
.ready { background: var(--ready); fill: var(--ready); }
.chip.light { color: var(--soft); background: none; border-color: var(--soft); }
.filter { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0;
  padding: .5rem 0; background: var(--back); border-bottom: 1px solid var(--line); }
.filter input { flex: 1 1 12rem; min-width: 8rem; } .filter input, .filter select { font: inherit; font-size: .9rem; padding: .3rem .5rem;
  color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: .3rem; }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; min-width: 3rem; font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 9rem; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; background: var(--panel); }
summary { cursor: pointer; padding: .5rem .75rem; overflow-wrap: anywhere; }
details > div { padding: 0 .75rem .5rem; }
.finding { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.lane { display: grid; grid-template-columns: minmax(6rem, 14rem) 1fr; gap: .1rem .75rem; align-items: center; margin: .5rem 0;
  font-size: .9rem; overflow-wrap: anywhere; }
.lane .soft { grid-column: 2; }
svg { display: block; width: 100%; height: 1.25rem; background: var(--panel); border: 1px solid var(--line); border-radius: .2rem; }
.scale { display: flex; justify-content: space-between; }
@media (max-width: 40rem) { h1 { font-size: 1.5rem; } .lane { grid-template-columns: 1fr; }
  dl { grid-template-columns: minmax(5rem, 7.5rem) 1fr; gap: .1rem .5rem; } ol { padding-left: 1.4rem; } table { font-size: .8rem; }
  th, td { padding-right: .4rem; } td .chip { font-size: .7rem; padding: 0 .35em; }
  .lane .soft { grid-column: 1; } header, main, footer { padding-left: .9rem; padding-right: .9rem; }
  tbody th { min-width: 5.5rem; }
  td { min-width: 3.5rem; } }
@media print { details { break-inside: avoid; } .filter { display: none; } }
"""

# Rows are what can be looked for: those of the tables, and the findings. A group is shown while a row of it is.
SCRIPT = """
(() => {
  const bar = document.querySelector('.filter'), [search, verdict] = bar.querySelectorAll('input, select');
  const rows = [...document.querySelectorAll('tbody tr, .finding')].filter(row => row.querySelector('.chip') || row.closest('details'));
  const groups = [...document.querySelectorAll('details')].map(group => ({group, open: group.open}));
  const texts = new Map();
  const about = row => row.matches('.finding') ? row.closest('details').querySelector('summary') : null;
  const words = row => {
    if (!texts.has(row)) texts.set(row, [about(row), row].map(part => part ? part.textContent.toLowerCase() : '').join(' '));
    return texts.get(row);
  };
  const verdicts = row => [...(about(row) || row).querySelectorAll('.chip')].map(chip => chip.textContent);
  const fits = (said, want) => want === 'not' ? !['ready', 'waived'].includes(said) : said.includes(want);
  const wanted = (row, want) => !want || verdicts(row).some(said => fits(said, want));
  const apply = () => {
    const asked = search.value.toLowerCase().split(/\\s+/).filter(Boolean), want = verdict.value, all = !asked.length && !want;
    let shown = 0;
    for (const row of rows) {
      row.hidden = !all && !(wanted(row, want) && asked.every(word => words(row).includes(word)));
      shown += !row.hidden;
    }
    for (const {group, open} of groups) {
      const inside = [...group.querySelectorAll('tbody tr, .finding')], any = inside.some(row => !row.hidden);
      group.hidden = !all && inside.length > 0 && !any;
      group.open = all ? open : any;
    }
    bar.querySelector('output').textContent = all ? '' : `${shown} of ${rows.length} rows`;
  };
  search.addEventListener('input', apply);
  verdict.addEventListener('change', apply);
  bar.hidden = false;
})();
"""
