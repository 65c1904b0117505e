import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textCodec, textsOfRuns } from '../../test/text-records.ts';
import type { RecordRun } from '../format.ts';
import { deriveBatchId, type SealedBatch, splitBatch } from './batch.ts';

const parentId = '0123456789abcdef0123456789abcdef';

function runOf(group: number, texts: readonly string[]): RecordRun {
  const bytes = Buffer.alloc(texts.reduce((sum, text) => sum + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) at = textCodec.encode(bytes, at, { text });
  return { group, bytes, records: texts.length };
}

function batchOf(runs: readonly RecordRun[]): SealedBatch {
  const records = runs.reduce((sum, run) => sum + run.records, 0);
  const bytes = runs.reduce((sum, run) => sum + run.bytes.length, 0);
  return { id: parentId, lane: 'low', runs, records, bytes, openedMs: 5 };
}

describe('splitBatch', () => {
  it('does not split a single record', () => {
    expect(splitBatch(batchOf([runOf(0, ['a'])]), textCodec.endOf)).toBeUndefined();
  });

  it.each([
    ['one run', [runOf(0, ['a', 'b', 'c', 'd'])], ['a', 'b'], ['c', 'd']],
    ['an odd count', [runOf(0, ['a', 'b', 'c'])], ['a'], ['b', 'c']],
    ['two runs at their border', [runOf(0, ['a']), runOf(1, ['b'])], ['a'], ['b']],
    ['two runs inside the first', [runOf(0, ['a', 'b', 'c']), runOf(1, ['d'])], ['a', 'b'], ['c', 'd']],
    ['two runs inside the second', [runOf(0, ['a']), runOf(1, ['b', 'c', 'd'])], ['a', 'b'], ['c', 'd']],
    ['records of no text', [runOf(0, ['', '', ''])], [''], ['', '']],
  ])('halves %s', (_what, runs, first, second) => {
    const [a, b] = splitBatch(batchOf(runs), textCodec.endOf) ?? [];
    expect([textsOfRuns(a?.runs ?? []), textsOfRuns(b?.runs ?? [])]).toEqual([first, second]);
  });

  it('keeps lane and age, and counts right', () => {
    const [a, b] = splitBatch(batchOf([runOf(3, ['aa', 'b', 'c'])]), textCodec.endOf) ?? [];
    expect(a).toMatchObject({ lane: 'low', openedMs: 5, records: 1, bytes: 6 });
    expect(b).toMatchObject({ lane: 'low', openedMs: 5, records: 2, bytes: 10 });
    expect(a?.runs[0]?.group).toBe(3);
  });

  it('splits down to single records without losing, doubling or reordering one', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 5 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), texts), { minLength: 1, maxLength: 6 }), (groups) => {
        const whole = batchOf(groups.map(([group, list]) => runOf(group, list)));
        const ids = new Set<string>();
        const leaves: string[] = [];
        const visit = (batch: SealedBatch): void => {
          ids.add(batch.id);
          const halves = splitBatch(batch, textCodec.endOf);
          if (halves === undefined) leaves.push(...textsOfRuns(batch.runs));
          else halves.forEach(visit);
        };
        visit(whole);
        expect(leaves).toEqual(groups.flatMap(([, list]) => list));
        expect(ids.size).toBe(2 * whole.records - 1);
      }),
    );
  });
});

it('leaves a chunk that two halves stand in to neither', () => {
  const bytes = Buffer.alloc(2 * 8);
  for (const at of [0, 8]) textCodec.encode(bytes, at, { text: 'abcd' });
  const halves = splitBatch(
    {
      id: '0'.repeat(32),
      lane: 'low',
      records: 2,
      bytes: 16,
      openedMs: 0,
      runs: [{ group: 0, bytes, records: 2 }],
      chunk: bytes,
    },
    textCodec.endOf,
  );
  expect(halves?.map(({ records, chunk }) => [records, chunk])).toEqual([
    [1, undefined],
    [1, undefined],
  ]);
});

describe('deriveBatchId', () => {
  it('gives the same two ids for the same parent every time', () => {
    expect(deriveBatchId(parentId, 0)).toBe(deriveBatchId(parentId, 0));
    expect([deriveBatchId(parentId, 0), deriveBatchId(parentId, 1)]).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    expect(deriveBatchId(parentId, 0)).not.toBe(deriveBatchId(parentId, 1));
  });

  it('is the id of earlier versions: a repeat after an upgrade is recognised too', () => {
    expect(deriveBatchId(parentId, 0)).toMatchInlineSnapshot(`"ac6e7a832b141503ba38bcfe65ccf38c"`);
    expect(deriveBatchId(parentId, 1)).toMatchInlineSnapshot(`"ed573f914714fbcae6cefe20c4b072da"`);
  });
});
