import { cleanHeaderValue, isHeaderName, isHeaderValue } from '@logflume/delivery';
import type { Parsed } from './env-values.ts';
import { isUnexpanded } from './unexpanded.ts';

/**
 * Reads `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`, values percent-encoded.
 *
 * An entry is cut at its first `=`, so base64 padding survives; a `;` is part of the value. Names come back in lower
 * case, of a name given twice the last entry counts, empty entries are skipped. An entry that is no header is left
 * out and the others are used. Neither names nor values go into the message: with a typing mistake either can be the
 * token.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables
 */
export function parseHeaders(text: string): Parsed<ReadonlyMap<string, string>> {
  const headers = new Map<string, string>();
  const wrong: number[] = [];
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  entries.forEach((entry, index) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, Math.max(at, 0)).trim();
    const value = decodeValue(entry.slice(at + 1).trim());
    // An empty value says nothing: most likely a variable inside it was empty.
    if (!isHeaderName(name) || !value || !isHeaderValue(value)) wrong.push(index + 1);
    else headers.set(name.toLowerCase(), value);
  });
  if (entries.length > 0 && wrong.length === 0) return { kind: 'ok', value: headers };
  const noun = wrong.length === 1 ? 'entry' : 'entries';
  const bad = {
    expected: 'name=value pairs separated by commas, values percent-encoded',
    got: `something else in ${noun} ${wrong.join(', ')} of ${entries.length} (hidden)`,
  };
  return headers.size === 0 ? { kind: 'bad', bad } : { kind: 'partly', value: headers, bad };
}

function decodeValue(text: string): string | undefined {
  if (isUnexpanded(text)) return undefined;
  try {
    return cleanHeaderValue(decodeURIComponent(text));
  } catch {
    return undefined; // A "%" that escapes nothing; the caller counts the entry as bad.
  }
}
