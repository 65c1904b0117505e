/**
 * Script of the page. Whatever a record holds reaches the document through `textContent` alone, and class names come from
 * a fixed list, so a log message cannot become markup.
 */
export const pageScript = `
'use strict';
const maxRows = 500;
const refreshMs = 1000;
const ranges = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const byId = (id) => document.getElementById(id);
let lastSequence = 0;
let generation = 0;
let startedAtUnixMs = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function toTime(record) {
  const unixMs = record.timeUnixNano ? Number(record.timeUnixNano) / 1e6 : record.receivedAtUnixMs;
  return new Date(unixMs).toISOString().slice(11, 23);
}

function toText(value) {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toRow(record) {
  const range = ranges[Math.floor((record.severityNumber - 1) / 4)] || '';
  const row = element('details');
  const line = element('summary');
  line.append(
    element('span', 'time', toTime(record)),
    element('span', range, record.severityText || range || '-'),
    element('span', 'service', toText(record.resource.attributes['service.name'])),
    element('span', 'body', [record.eventName, toText(record.body)].filter(Boolean).join(' ')),
  );
  row.append(line);
  row.addEventListener('toggle', () => {
    if (row.open && row.children.length === 1) row.append(element('pre', '', JSON.stringify(record, null, 2)));
  });
  return row;
}

function showStats(stats) {
  const { records, requests, connections } = stats;
  const statuses = Object.entries(requests.byStatus).map(([status, count]) => status + ': ' + count).join(', ');
  const shown = [
    ['accepted', records.accepted], ['kept', records.kept], ['rejected', records.rejected],
    ['refused', records.refused], ['duplicates', records.duplicates],
    ['requests', requests.total + (statuses ? ' (' + statuses + ')' : '')], ['unanswered', requests.unanswered],
    ['connections', connections.open], ['faults applied', stats.faults.applied],
  ];
  byId('stats').replaceChildren(...shown.map(([name, value]) => {
    const pair = element('div');
    pair.append(element('dt', '', name), element('dd', '', String(value)));
    return pair;
  }));
}

function forgetRows() {
  lastSequence = 0;
  generation += 1;
  byId('rows').replaceChildren();
}

async function readJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error('status ' + response.status);
  return response.json();
}

async function refresh() {
  const stats = await readJson('api/stats');
  // Another backend on the same port counts its records from 1 again.
  if (stats.startedAtUnixMs !== startedAtUnixMs) forgetRows();
  startedAtUnixMs = stats.startedAtUnixMs;
  const asked = generation;
  const search = new URLSearchParams({
    limit: String(maxRows), after: String(lastSequence), text: byId('text').value, severity: byId('severity').value,
  });
  const { records } = await readJson('api/records?' + search);
  // The filter changed while the answer was on its way: it belongs to rows that are gone.
  if (asked !== generation) return;
  const rows = byId('rows');
  for (const record of records) {
    // Two refreshes can overlap, by the timer and by the filter.
    if (record.sequence <= lastSequence) continue;
    rows.prepend(toRow(record));
    lastSequence = record.sequence;
  }
  while (rows.children.length > maxRows) rows.lastElementChild.remove();
  byId('empty').hidden = rows.children.length > 0;
  showStats(stats);
}

async function keepRefreshing() {
  if (!byId('paused').checked && !document.hidden) {
    try {
      await refresh();
      byId('state').textContent = '';
      byId('state').className = '';
    } catch (error) {
      byId('state').textContent = 'no answer from the backend: ' + error.message;
      byId('state').className = 'lost';
    }
  }
  setTimeout(keepRefreshing, refreshMs);
}

byId('filter').addEventListener('submit', (event) => event.preventDefault());
byId('filter').addEventListener('input', (event) => {
  if (event.target === byId('paused')) return;
  forgetRows();
  refresh().catch(() => {});
});
byId('clear').addEventListener('click', async () => {
  await fetch('api/records', { method: 'DELETE' });
  forgetRows();
  refresh().catch(() => {});
});
keepRefreshing();
`;
