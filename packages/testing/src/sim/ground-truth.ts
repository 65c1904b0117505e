import { createHash } from 'node:crypto';

/** A record was taken: the `at`-th of `records` in the batch `id`. */
export interface Taking {
  readonly id: string;
  readonly at: number;
  readonly records: number;
}

/** Told of a broken promise. */
export type Complain = (what: string) => void;

const WARN = 13;

/** What really happened to the records of one run, over all lives of the process: written down outside the engine. */
export class GroundTruth {
  readonly #complain: Complain;
  /** When each record was logged; its number is its place. */
  readonly loggedMs: number[] = [];
  readonly #taken = new Map<number, Taking[]>();
  /** Records of an answer that said yes, and reached the process that waited for it. */
  readonly #acked = new Set<number>();
  readonly #printed = new Set<number>();
  readonly #excused = new Set<number>();
  readonly #twice = new Set<number>();
  readonly #isHigh: boolean[] = [];
  /** The first record that must not arrive after a later one of its lane; `Infinity` if any may. */
  #orderedFrom = Number.POSITIVE_INFINITY;
  /** Of these the last that arrived, from WARN up and below. */
  #lastArrived = { high: -1, low: -1 };
  duplicates = 0;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** Makes the next record, logged now. */
  log(nowMs: number, severityNumber: number): number {
    this.#isHigh.push(severityNumber >= WARN);
    return this.loggedMs.push(nowMs) - 1;
  }

  /** From now on the records of a lane have to arrive in their order. */
  expectOrder(): void {
    this.#orderedFrom = this.loggedMs.length;
    this.#lastArrived = { high: -1, low: -1 };
  }

  get takenRecords(): number {
    return this.#taken.size;
  }

  /** An endpoint read a request, and keeps its records whatever the sender learns of it. */
  take(id: string, numbers: readonly number[]): void {
    for (const [at, number] of numbers.entries()) {
      const now: Taking = { id, at, records: numbers.length };
      const before = this.#taken.get(number);
      if (before === undefined) {
        this.#arrived(number);
        this.#taken.set(number, [now]);
        continue;
      }
      this.duplicates++;
      for (const other of before) {
        if (!isRelated(now, other)) this.#complain(`record ${number} came under ${id} and under ${other.id}`);
      }
      before.push(now);
    }
  }

  #arrived(number: number): void {
    if (number < this.#orderedFrom) return;
    const lane = this.#isHigh[number] === true ? 'high' : 'low';
    const last = this.#lastArrived[lane];
    if (number < last) this.#complain(`record ${number} arrived after ${last}`);
    this.#lastArrived[lane] = Math.max(last, number);
  }

  /** A request is on its way: nobody may send what was acknowledged, or what nobody logged. */
  sent(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (number >= this.loggedMs.length) this.#complain(`record ${number} was sent and never logged`);
      if (this.isDone(number)) this.#complain(`record ${number} was sent again after it was acknowledged`);
    }
  }

  /** The process was told that an endpoint has these. */
  acked(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (this.isDone(number)) this.#complain(`record ${number} was acknowledged twice`);
      this.#acked.add(number);
    }
  }

  /** A record stands on disk more than once. */
  expectTwice(number: number): void {
    this.#twice.add(number);
  }

  /** Whether it was acknowledged, and stands nowhere else. */
  isDone(number: number): boolean {
    return this.#acked.has(number) && !this.#twice.has(number);
  }

  /** A process ended before it could write down that these were acknowledged. */
  forgetAcks(numbers: Iterable<number>): void {
    for (const number of numbers) this.#acked.delete(number);
  }

  /** A record may be missing: it died in memory with its process, or its disk was damaged. */
  excuse(number: number): void {
    this.#excused.add(number);
  }

  /** A line of the fallback shows it. */
  printed(number: number): void {
    if (number >= this.loggedMs.length) this.#complain(`record ${number} was printed and never logged`);
    this.#printed.add(number);
  }

  hasTaken(number: number): boolean {
    return this.#taken.has(number);
  }

  /** Records that no endpoint took, nobody printed, and that are not excused. */
  nowhere(): number[] {
    const numbers: number[] = [];
    for (let number = 0; number < this.loggedMs.length; number++) {
      if (!this.#taken.has(number) && !this.#printed.has(number) && !this.#excused.has(number)) numbers.push(number);
    }
    return numbers;
  }
}

/** Whether two batches with the same record are the same, or one is a part of the other. */
function isRelated(a: Taking, b: Taking): boolean {
  return a.id === b.id || familyOf(a).includes(b.id) || familyOf(b).includes(a.id);
}

/** The id of a batch of `records`, and those of the parts that hold the record at `at` if it is split again and again. */
function familyOf({ id, at, records }: Taking): string[] {
  if (records < 2) return [id];
  const first = records >> 1;
  const part =
    at < first
      ? { id: idOfHalf(id, 0), at, records: first }
      : { id: idOfHalf(id, 1), at: at - first, records: records - first };
  return [id, ...familyOf(part)];
}

/** Written down once more, without the function under test: a receiver must be able to come to the same ids. */
function idOfHalf(parentId: string, half: 0 | 1): string {
  return createHash('sha256').update(`${parentId}.${half}`).digest('hex').slice(0, 32);
}
