import { type OtlpLogRecord, type OtlpScope, toOtlpJsonLine } from '@logflume/otlp';
import { createFittedLine, type LineOrigin } from './fit-record.ts';
import { escapeUnsafe } from './json-text.ts';
import type { LineOptions, ToLine } from './line-options.ts';

/**
 * Makes the function that says records as lines of an OTLP file: each one a whole request with resource, scope and one
 * record. But for schema URLs nothing is renamed or left out, so an OpenTelemetry Collector (`otlp_json_file`, or the
 * `otlpjson` connector behind a container's stdout) reads back what was logged. Other readers see one deep object.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createOtlpJsonLine(options: LineOptions = {}): ToLine {
  return createFittedLine(toLine, options);
}

function toLine(record: OtlpLogRecord, { scope, resource }: LineOrigin): string {
  const scopeLogs = [{ ...ofScope(scope), logRecords: [record] }];
  return escapeUnsafe(
    toOtlpJsonLine({ resourceLogs: [{ ...(resource === undefined ? {} : { resource }), scopeLogs }] }),
  );
}

function ofScope(scope: OtlpScope | undefined): { scope?: OtlpScope } {
  return scope === undefined ? {} : { scope };
}
