import { describe, expect, it } from 'vitest';
import type { LaneName } from '../queue/batch.ts';
import { createJob, type Job, type JobRules, nextJob } from './job.ts';
import { JobList } from './job-list.ts';

const rules: JobRules = { nowMs: 1000, mayRetry: true, anyWaiting: false };

function job(id: string, lane: LaneName, more: Partial<Job> = {}, openedMs = 0): Job {
  return { ...createJob({ id, lane, runs: [], records: 1, bytes: 10, openedMs }), ...more };
}

const due = { state: 'waiting', dueMs: 1000 } as const;
const notDue = { state: 'waiting', dueMs: 1001 } as const;

const onDisk = { ...notDue, waitsForDisk: true };

describe('nextJob', () => {
  it.each<[string, Job[], Partial<JobRules>, string | undefined]>([
    ['nothing of nothing', [], {}, undefined],
    ['the oldest of equals', [job('a', 'low'), job('b', 'low')], {}, 'a'],
    ['the severe one', [job('a', 'low'), job('b', 'high')], {}, 'b'],
    ['a fresh one before a retry', [job('a', 'low', due), job('b', 'low')], {}, 'b'],
    ['a severe retry before a fresh low one', [job('a', 'low'), job('b', 'high', due)], {}, 'b'],
    ['a retry that is due', [job('a', 'low', notDue), job('b', 'low', due)], {}, 'b'],
    ['no retry before its time', [job('a', 'low', notDue)], {}, undefined],
    ['no retry without a token', [job('a', 'low', due)], { mayRetry: false }, undefined],
    ['a fresh one without a token', [job('a', 'low', due), job('b', 'low')], { mayRetry: false }, 'b'],
    ['any retry for a probe', [job('a', 'low', notDue)], { mayRetry: false, anyWaiting: true }, 'a'],
    ['nothing for a probe that the disk does not give now', [job('a', 'low', onDisk)], { anyWaiting: true }, undefined],
    ['a fresh one for a probe, if there is one', [job('a', 'high', due), job('b', 'low')], { anyWaiting: true }, 'b'],
    [
      'nothing under way or settled',
      [job('a', 'high', { state: 'inFlight' }), job('b', 'high', { state: 'settled' })],
      { anyWaiting: true },
      undefined,
    ],
  ])('takes %s', (_what, jobs, more, expected) => {
    expect(nextJob(jobs, { ...rules, ...more })?.batch.id).toBe(expected);
  });
});

describe('a job list', () => {
  it('gives the same answer as looking at every job', () => {
    const list = new JobList();
    const jobs = [job('a', 'low'), job('b', 'low'), job('c', 'high'), job('d', 'high')];
    for (const each of jobs) list.add(each);
    const order: (string | undefined)[] = [];
    for (let next = list.next(rules); next !== undefined; next = list.next(rules)) {
      expect(next).toBe(nextJob(jobs, rules));
      order.push(next.batch.id);
      list.started(next);
    }
    expect(order).toEqual(['c', 'd', 'a', 'b']);
  });

  it('counts what could be given up: all but what is under way', () => {
    const list = new JobList();
    const jobs = [job('a', 'low'), job('b', 'low'), job('c', 'high')];
    for (const each of jobs) list.add(each);
    expect([list.idleBytes('mem', 'low'), list.idleBytes('mem', 'high')]).toEqual([20, 10]);
    for (const each of jobs) list.started(each);
    expect([list.idleBytes('mem', 'low'), list.idleBytes('mem', 'high'), list.size]).toEqual([0, 0, 3]);
    for (const each of jobs) list.waits(each, 5);
    expect([list.idleBytes('mem', 'low'), list.idleBytes('mem', 'high'), list.waiting.size]).toEqual([20, 10, 3]);
    for (const each of jobs) list.remove(each);
    expect([list.idleBytes('mem', 'low'), list.idleBytes('mem', 'high'), list.size]).toEqual([0, 0, 0]);
  });

  it('gives up the oldest of a lane first, be it ready or waiting', () => {
    const list = new JobList();
    const young = job('young', 'low', {}, 30);
    const old = job('old', 'low', {}, 10);
    const middle = job('middle', 'low', {}, 20);
    for (const each of [old, middle, young]) list.add(each);
    list.started(middle);
    list.waits(middle, 99);
    const order: (string | undefined)[] = [];
    for (let next = list.oldestIdle('mem', 'low'); next !== undefined; next = list.oldestIdle('mem', 'low')) {
      order.push(next.batch.id);
      list.remove(next);
    }
    expect(order).toEqual(['old', 'middle', 'young']);
    expect(list.oldestIdle('mem', 'high')).toBeUndefined();
  });

  it('lists WARN and above first, whatever their state', () => {
    const list = new JobList();
    const jobs = [job('a', 'low'), job('b', 'low'), job('c', 'high'), job('d', 'high')];
    for (const each of jobs) list.add(each);
    for (const each of [jobs[0], jobs[3]]) if (each !== undefined) list.started(each);
    expect(list.all().map(({ batch }) => batch.id)).toEqual(['d', 'c', 'a', 'b']);
  });
});
