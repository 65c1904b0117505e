import { describe, expect, it } from 'vitest';
import { createJob, type Job } from './job.ts';
import { nextWakeMs, type WakeView } from './next-wake.ts';

const never = Number.POSITIVE_INFINITY;

const idle: WakeView = {
  nowMs: 1000,
  hasReady: false,
  waiting: [],
  nextReadyMs: never,
  hasFreeSlot: true,
  nextProbeMs: never,
  anyWaiting: false,
  nextTokenMs: 1000,
  nextDutyMs: never,
};

const job = createJob({ id: '', lane: 'low', runs: [], records: 1, bytes: 1, openedMs: 0 });
const due = (dueMs: number): Job => ({ ...job, state: 'waiting', dueMs });
const out = { hasFreeSlot: false, anyWaiting: true };

describe('nextWakeMs', () => {
  it.each<[string, Partial<WakeView>, number]>([
    ['never with nothing to do', {}, never],
    ['when an open batch is due', { nextReadyMs: 1200 }, 1200],
    ['when the first retry is due', { waiting: [due(1700), due(1500)] }, 1500],
    ['when a retry that is due gets a token', { waiting: [due(900)], nextTokenMs: 1300 }, 1300],
    ['not before a retry is due, token or not', { waiting: [due(1500)], nextTokenMs: 1300 }, 1500],
    ['never while every slot is taken', { hasReady: true, hasFreeSlot: false }, never],
    ['never while every slot is taken, for a batch that is due', { nextReadyMs: 900, hasFreeSlot: false }, never],
    ['for a probe, with every slot taken', { hasReady: true, hasFreeSlot: false, nextProbeMs: 1400 }, 1400],
    ['not for a probe while another endpoint has a slot', { waiting: [due(5000)], nextProbeMs: 1400 }, 5000],
    ['not for a probe with nothing to send', { ...out, nextProbeMs: 1400 }, never],
    ['not for a probe that is due, with nothing to send', { ...out, nextProbeMs: 900 }, never],
    ['for a probe with a retry that is not due', { ...out, nextProbeMs: 1400, waiting: [due(9000)] }, 1400],
    ['for a probe once an open batch is due', { ...out, nextProbeMs: 1400, nextReadyMs: 1500 }, 1500],
    ['for what expires, even with no slot', { ...out, waiting: [due(9000)], nextDutyMs: 1100 }, 1100],
    ['never in a busy loop', { hasReady: true }, 1001],
    ['never in a busy loop for what has expired', { nextDutyMs: 500 }, 1001],
  ])('wakes %s', (_when, view, expected) => {
    expect(nextWakeMs({ ...idle, ...view })).toBe(expected);
  });
});
