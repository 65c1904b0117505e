import { expect, it } from 'vitest';
import { simulate } from '../../src/index.ts';

/** Runs with a disk that broke a promise once, by an error of the engine or of what was expected of it. */
const seeds = [
  ['a segment that could not be deleted was sent again', [3216, 5054, 13338, 14315, 16739]],
  ['marks that could not be read for a moment were taken for none', [8155, 14226]],
  ['a place on disk had to go, and its process died before it said so', [6503, 11781, 12752, 16585]],
  ['a segment that could not be read is left to the next process', [2106, 3590, 9813]],
  ['a process that was dead already wrote on', [5623, 6969]],
  ['a batch and its halves stood on disk after a loss of power', [1908]],
  ['marks of a batch that was written again elsewhere could not be read', [37532]],
  ['a process closed before it could make room for what it would take over', [49998]],
  ['a directory was left where it is for want of room, and counted all the same', [123310]],
  ['dead letters that were taken over made no room for themselves', [302611]],
  ['segments that could not be read had to go, and counted as nothing', [14070, 14223, 31327]],
] as const;

it.each(seeds)('keeps its promises where %s', async (_what, failed) => {
  for (const seed of failed) expect((await simulate(seed, { disk: true, ordered: false })).seed).toBe(seed);
});
