import type { ReplyVerdict } from '@logflume/delivery';
import { isOtlpContentType, parseLogsResponse } from '@logflume/otlp';
import { cutText } from './cut-text.ts';

/** A reply that says no more than that everything was taken. */
const ALL_TAKEN: ReplyVerdict = Object.freeze({ understood: true, rejectedRecords: 0, message: '' });

/**
 * Reads the body of a 2xx reply from an OTLP/HTTP server.
 *
 * - No body: everything was taken, whatever the content type (VictoriaLogs, Loki, Fluent Bit answer so).
 * - A body of either OTLP type, read by its own type: taken, less what the server says it refused. One that cannot be
 *   decoded still comes from an OTLP server that said yes: taken, with a message.
 * - A body of any other type, or of none: not understood. Login pages and inspection proxies answer 200 too.
 *
 * @param contentType - value of the header; case and parameters do not matter. `undefined` if absent.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export function judgeOtlpReply(contentType: string | undefined, body: Uint8Array): ReplyVerdict {
  if (body.length === 0) return ALL_TAKEN;
  const type = contentType === undefined || contentType === '' ? 'without a type' : `of type ${contentType}`;
  if (!isOtlpContentType(contentType)) {
    return { understood: false, rejectedRecords: 0, message: `the reply ${cutText(type, 100)} is not OTLP` };
  }
  const response = parseLogsResponse(contentType, body);
  if (response === undefined) {
    const message = `the reply ${cutText(type, 100)} (${body.length} bytes) could not be decoded; taken as success`;
    return { understood: true, rejectedRecords: 0, message };
  }
  return { understood: true, rejectedRecords: response.rejectedLogRecords, message: response.errorMessage };
}
