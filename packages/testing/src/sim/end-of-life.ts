import type { GroundTruth } from './ground-truth.ts';
import type { FrameOnDisk } from './read-disk.ts';

/** How a process ended, and what it leaves. */
export interface EndOfLife {
  readonly how: 'crash' | 'close';
  readonly endedMs: number;
  /** Whole frames at the moment of its death. */
  readonly before: readonly FrameOnDisk[];
  /** Those a next process can find: fewer if the power went, or a bit flipped. */
  readonly after: readonly FrameOnDisk[];
  /** Records it counted as lost or refused, and lines its stream took and nobody read. */
  readonly counted: number;
  /**
   * Milliseconds after which every record must have been on disk, if it wrote ahead to a disk without trouble and was not
   * suspended; `undefined` if nothing of the kind is promised.
   */
  readonly windowMs: number | undefined;
  /** Whether its disk did all it was asked to: on one in trouble a batch may be given up, and live on in memory alone. */
  readonly isDiskWell: boolean;
}

/**
 * Takes account of a process that ended: whatever is not outside it must be on its disk, or counted, or young enough to
 * have been in memory alone. What may be missing is excused; all else has to arrive in a later life.
 *
 * @returns the promise it broke, `undefined` if it kept all.
 */
export function accountFor(truth: GroundTruth, end: EndOfLife): string | undefined {
  const found = new Set<number>();
  for (const { isAcked, numbers } of end.after) {
    for (const number of isAcked ? [] : numbers) {
      // A deleted file may be back after a loss of power: what is on disk twice is sent twice.
      if (found.has(number)) truth.expectTwice(number);
      found.add(number);
    }
  }
  const hadFrame = new Set<number>();
  const done = new Set<number>();
  for (const { isAcked, numbers } of end.before) {
    for (const number of numbers) (isAcked ? done : hadFrame).add(number);
  }
  let forgotten = 0;
  let marked = 0;
  for (const number of truth.nowhere()) {
    if (found.has(number)) continue;
    truth.excuse(number);
    if (hadFrame.has(number)) continue; // It was on disk, and the disk lost it.
    if (done.has(number)) marked++;
    const ageMs = end.endedMs - (truth.loggedMs[number] ?? 0);
    if (end.how === 'close' || (end.windowMs !== undefined && ageMs > end.windowMs)) forgotten++;
  }
  if (end.isDiskWell && marked > end.counted)
    return `${marked} records are marked as done with on disk, and nobody has them`;
  if (forgotten > end.counted) {
    return `a ${end.how} lost ${forgotten} records that should be on disk, and ${end.counted} are counted as lost`;
  }
  const unmarked = end.before.filter(({ isAcked, numbers }) => !isAcked && numbers.every((each) => truth.isDone(each)));
  if (end.windowMs !== undefined && unmarked.length > 1) {
    return `${unmarked.length} batches were acknowledged and are not marked as done with on disk`;
  }
  // What a next process finds, it may send again: under the same id.
  truth.forgetAcks(found);
  return undefined;
}
