/** Style of the page; severity colours keep a contrast of 4.5 to 1 on both backgrounds. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --back: #fbfaf8; --card: #fff; --line: #dedad3; --text: #23211e; --soft: #6a655d; --mark: #96550f;
  --trace: #6a655d; --debug: #6a655d; --info: #1c64a8; --warn: #8f5a00; --error: #b3261e; --fatal: #93107a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #191816; --card: #211f1d; --line: #3a3733; --text: #ece8e1; --soft: #a8a198; --mark: #e0a45c;
    --trace: #a8a198; --debug: #a8a198; --info: #79b8f2; --warn: #e8b04b; --error: #ff8f85; --fatal: #f08bdc;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
header { position: sticky; top: 0; padding: 12px 20px; background: var(--card); border-bottom: 1px solid var(--line); }
h1 { display: inline-block; margin: 0 16px 0 0; font-size: 16px; color: var(--mark); }
#stats { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 0; color: var(--soft); }
#stats div { display: flex; gap: 6px; }
#stats dd { margin: 0; color: var(--text); font-variant-numeric: tabular-nums; }
form { display: inline-flex; flex-wrap: wrap; gap: 8px; align-items: center; }
input, select, button {
  padding: 4px 8px; font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: 6px;
}
input[type=search] { width: 260px; max-width: 100%; }
button { cursor: pointer; }
#state { color: var(--soft); }
#state.lost { color: var(--error); }
main { padding: 8px 20px 40px; }
details { border-bottom: 1px solid var(--line); }
summary {
  display: grid; grid-template-columns: 100px 64px minmax(80px, 160px) 1fr; gap: 12px; padding: 4px 0;
  cursor: pointer; font-family: ui-monospace, monospace; font-size: 13px; list-style: none;
}
summary:hover { background: var(--card); }
summary span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
summary .time, summary .service { color: var(--soft); }
.trace { color: var(--trace); } .debug { color: var(--debug); } .info { color: var(--info); }
.warn { color: var(--warn); } .error { color: var(--error); } .fatal { color: var(--fatal); font-weight: 700; }
pre {
  margin: 0 0 8px; padding: 12px; overflow: auto; font-size: 12px; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px;
}
#empty { padding: 40px 0; text-align: center; color: var(--soft); }
@media (max-width: 640px) { summary { grid-template-columns: 64px 1fr; } summary .time, summary .service { display: none; } }
`;
