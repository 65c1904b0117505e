import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaults } from '../packages/delivery/src/defaults.ts';
import type { ReplyVerdict } from '../packages/delivery/src/format.ts';
import { dropReasons } from '../packages/delivery/src/outcome.ts';
import { classify } from '../packages/delivery/src/send/classify.ts';
import { repositoryRoot } from './read-workspace.ts';

const text = readFileSync(join(repositoryRoot, 'docs/failure-modes.md'), 'utf8');

/** Cells of the rows of the table whose first column has this heading. */
function tableOf(heading: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.split('|')[1]?.trim() === heading) + 2;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Rows with each of the values in its first cell on a line of its own. */
function casesOf(heading: string): [string, string, string][] {
  return tableOf(heading).flatMap(([values = '', batch = '', endpoint = '']) =>
    values.split(', ').map((value): [string, string, string] => [value, batch, endpoint]),
  );
}

const yes: ReplyVerdict = { understood: true, rejectedRecords: 0, message: '' };

function reply(status: number, verdict: ReplyVerdict = yes, complete = true): string[] {
  const none = { contentType: undefined, retryAfter: undefined, date: undefined };
  const outcome = classify({ kind: 'reply', status, ...none, body: new Uint8Array(), complete }, () => verdict, 0);
  return [outcome.batch.kind, outcome.endpoint.kind];
}

it.each(casesOf('status'))(
  'a status of %s means %s for the batch, %s for the endpoint, as documented',
  (status, ...means) => {
    expect(reply(Number(status))).toEqual(means);
  },
);

it.each(casesOf('code'))('an error %s means %s for the batch, %s for the endpoint, as documented', (code, ...means) => {
  const outcome = classify({ kind: 'failure', code, message: '' }, () => yes, 0);
  expect([outcome.batch.kind, outcome.endpoint.kind]).toEqual(means);
});

it('documents what a 2xx means that is not a plain yes', () => {
  expect(casesOf('2xx that is not a plain yes')).toEqual([
    ['rejected records > 0', ...reply(200, { ...yes, rejectedRecords: 2 })],
    ['rejected records < 0', ...reply(200, { ...yes, rejectedRecords: -2 })],
    ['another protocol', ...reply(200, { ...yes, understood: false })],
    ['cut short', ...reply(200, yes, false)],
  ]);
});

it('documents every status between 100 and 599 by its own row or that of its hundred', () => {
  const named = new Map(casesOf('status').map(([status, ...means]) => [Number(status), means]));
  const others = new Map([100, 200, 301, 400, 501].map((status) => [Math.floor(status / 100), named.get(status)]));
  for (let status = 100; status < 600; status++) {
    expect(reply(status), String(status)).toEqual(named.get(status) ?? others.get(Math.floor(status / 100)));
  }
});

it('documents every reason of a drop', () => {
  expect(tableOf('reason').map(([reason]) => reason)).toEqual(dropReasons.map((reason) => `\`${reason}\``));
});

it('documents every diagnostic of the delivery', () => {
  const source = readFileSync(join(repositoryRoot, 'packages/delivery/src/diagnostics.ts'), 'utf8');
  const kinds = [...source.matchAll(/readonly kind: '(\w+)'/g)].map(([, kind]) => kind);
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
});

it('documents every default number with the reason for it', () => {
  const record = readFileSync(join(repositoryRoot, 'docs/decisions/0006-default-parameters.md'), 'utf8');
  expect(Object.keys(defaults).filter((name) => !record.includes(`\`${name}\``))).toEqual([]);
});
