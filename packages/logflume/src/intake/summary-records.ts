import type { LogRecordInput } from '@logflume/otlp';
import type { Suppression } from './rate-limiter.ts';
import type { Repeat } from './repeat-table.ts';

/** The moment a summary is made, on both clocks. */
export interface SummaryTime {
  readonly nowMs: number;
  readonly wallMs: number;
}

/**
 * Makes the record that stands for repeats: an event of the same logger and level, with the attributes that were bound to
 * the first one.
 *
 * | attribute | value |
 * |---|---|
 * | `logflume.repeated.records` | how many were left out |
 * | `logflume.repeated.first_time`, `logflume.repeated.last_time` | when the first and last of them came, ISO 8601 |
 * | `exception.type` | as in the first one |
 *
 * The text is rsyslog's, its time that of the last one.
 */
export function toRepeatRecord(repeat: Repeat, time: SummaryTime): LogRecordInput {
  const { records, message, exceptionType, fromMs, toMs } = repeat;
  return toRecord(repeat, time, {
    timeMs: wallOf(toMs, time),
    body: `message repeated ${records} ${records === 1 ? 'time' : 'times'}: [${message}]`,
    attributes: {
      'logflume.repeated.records': records,
      'logflume.repeated.first_time': isoOf(fromMs, time),
      'logflume.repeated.last_time': isoOf(toMs, time),
      'exception.type': exceptionType === '' ? undefined : exceptionType,
    },
    bound: repeat.bound,
    eventName: 'logflume.records.repeated',
  });
}

/**
 * Makes the record that stands for what was beyond a rate: an event of the same logger and level.
 *
 * | attribute | value |
 * |---|---|
 * | `logflume.suppressed.reason` | `rate_limited` |
 * | `logflume.suppressed.records` | how many were left out |
 * | `logflume.suppressed.first_time`, `logflume.suppressed.last_time` | when the first and last of them came, ISO 8601 |
 * | `logflume.suppressed.message` | that of the last one, where each message has its limit |
 */
export function toSuppressionRecord(suppression: Suppression, time: SummaryTime): LogRecordInput {
  const { records, message, fromMs, toMs } = suppression;
  const seconds = Math.max(1, Math.round((time.nowMs - fromMs) / 1000));
  const many = records === 1 ? 'record' : 'records';
  return toRecord(suppression, time, {
    timeMs: Math.floor(time.wallMs),
    body: `${records} ${many} suppressed in the last ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`,
    attributes: {
      'logflume.suppressed.reason': 'rate_limited',
      'logflume.suppressed.records': records,
      'logflume.suppressed.first_time': isoOf(fromMs, time),
      'logflume.suppressed.last_time': isoOf(toMs, time),
      'logflume.suppressed.message': message,
    },
    bound: undefined,
    eventName: 'logflume.records.suppressed',
  });
}

function toRecord(
  { severityNumber, severityText }: Pick<LogRecordInput, 'severityNumber' | 'severityText'>,
  { wallMs }: SummaryTime,
  {
    timeMs,
    body,
    attributes,
    bound,
    eventName,
  }: Pick<LogRecordInput, 'timeMs' | 'body' | 'attributes' | 'bound' | 'eventName'>,
): LogRecordInput {
  return {
    timeMs,
    timeNanos: 0,
    observedTimeMs: Math.floor(wallMs),
    observedTimeNanos: 0,
    severityNumber,
    severityText,
    body,
    attributes,
    exception: undefined,
    bound,
    eventName,
    traceId: '',
    spanId: '',
    traceFlags: 0,
  };
}

/** A moment of the monotonic clock as the wall clock has it now. */
function wallOf(ms: number, { nowMs, wallMs }: SummaryTime): number {
  return Math.floor(wallMs - (nowMs - ms));
}

function isoOf(ms: number, time: SummaryTime): string {
  return new Date(wallOf(ms, time)).toISOString();
}
