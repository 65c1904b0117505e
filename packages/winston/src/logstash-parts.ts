import type { HostInfo } from './host.ts';
import { readMember } from './members.ts';

/** The line a format made of a record, which winston's own transports print. */
const MESSAGE: unique symbol = Symbol.for('message');

/** What `format.logstash()` takes out of a record and leaves in its line alone. */
export interface LogstashParts {
  readonly message: unknown;
  readonly timestamp: unknown;
}

/** Reads what a record without a message says in the line that `format.logstash()` made of it. Never throws. */
export function logstashPartsOf(info: HostInfo): LogstashParts | undefined {
  const line = readMember(info, MESSAGE);
  if (typeof line !== 'string' || !line.startsWith('{"@')) return undefined;
  try {
    const parts: Readonly<Record<string, unknown>> = JSON.parse(line);
    return '@fields' in parts ? { message: parts['@message'], timestamp: parts['@timestamp'] } : undefined;
  } catch {
    return undefined; // Somebody else's line.
  }
}
