import type { LaneName } from '../queue/batch.ts';
import type { Job } from './job.ts';

/** Settled jobs at the front of a line before their places are given back. */
const MAX_SETTLED = 1000;

/** Jobs in the order their records were logged; the first that is not settled is the only one that may go. */
class JobLine {
  #jobs: Job[] = [];
  #first = 0;
  #records = 0;

  /** Puts a job behind all others. @returns its position. */
  append(job: Job): number {
    const position = this.#records;
    this.#records += job.batch.records;
    this.#jobs.push(job);
    return position;
  }

  /** Puts a job where it belongs: a part of one that was the first, or close to it. */
  insert(job: Job, position: number): void {
    let at = this.#first;
    while ((this.#jobs[at]?.place?.position ?? Number.POSITIVE_INFINITY) < position) at++;
    this.#jobs.splice(at, 0, job);
  }

  get head(): Job | undefined {
    while (this.#jobs[this.#first]?.state === 'settled') this.#first++;
    if (this.#first > MAX_SETTLED) {
      this.#jobs.splice(0, this.#first);
      this.#first = 0;
    }
    return this.#jobs[this.#first];
  }
}

type Lines = Readonly<Record<LaneName, JobLine>>;

/**
 * Keeps the jobs of each lane in the order their records were logged, for a delivery that is `ordered`. What earlier
 * processes left stands in lines of its own.
 */
export class JobOrder {
  readonly #own: Lines = { high: new JobLine(), low: new JobLine() };
  readonly #earlier: Lines = { high: new JobLine(), low: new JobLine() };

  add(job: Job): void {
    const isEarlier = job.place?.isEarlier ?? job.frame?.isRecovered === true;
    const line = (isEarlier ? this.#earlier : this.#own)[job.batch.lane];
    if (job.place === undefined) job.place = { isEarlier, position: line.append(job) };
    else line.insert(job, job.place.position);
  }

  /** The first of this process in each lane, WARN and above first. */
  get live(): Job[] {
    return heads(this.#own);
  }

  /** As `live`, of earlier processes. */
  get backlog(): Job[] {
    return heads(this.#earlier);
  }
}

/** Gives the parts of a job its place. */
export function inherit({ place }: Job, parts: readonly Job[]): void {
  if (place === undefined) return;
  const { isEarlier } = place;
  let { position } = place;
  for (const part of parts) {
    part.place = { isEarlier, position };
    position += part.batch.records;
  }
}

/** Sorts jobs of one lane by their place; without an order they stay as they stand. Pure. */
export function byPlace(a: Job, b: Job): number {
  return (a.place?.position ?? 0) - (b.place?.position ?? 0);
}

function heads({ high, low }: Lines): Job[] {
  return [high.head, low.head].filter((job) => job !== undefined);
}
