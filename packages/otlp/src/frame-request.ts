import { varintBytes, writeBytes, writeVarint } from './wire.ts';

/** The records of one instrumentation scope: runs of `encodeLogRecord` fields in the order they were written. */
export interface ScopeBlock {
  /** Content of the `InstrumentationScope` message. */
  readonly scope: Uint8Array;
  readonly runs: readonly Uint8Array[];
}

/**
 * Frames encoded records as one `ExportLogsServiceRequest`: headers in front of bytes that are copied as they are.
 *
 * @param resource - content of the `Resource` message.
 * @param blocks - one per scope, at least one.
 * @returns the request body, exactly as long as it needs to be.
 */
export function frameLogsRequest(resource: Uint8Array, blocks: readonly ScopeBlock[]): Buffer {
  const blockBytes = blocks.map(scopeLogsBytes);
  const resourceLogsBytes = fieldBytes(resource.length) + blockBytes.reduce((sum, bytes) => sum + fieldBytes(bytes), 0);
  const body = Buffer.allocUnsafeSlow(fieldBytes(resourceLogsBytes));
  let at = openField(body, 0, 0x0a, resourceLogsBytes);
  at = writeField(body, at, 0x0a, resource);
  blocks.forEach((block, index) => {
    at = openField(body, at, 0x12, blockBytes[index] as number);
    at = writeField(body, at, 0x0a, block.scope);
    for (const run of block.runs) at = writeBytes(body, at, run);
  });
  return body;
}

function scopeLogsBytes(block: ScopeBlock): number {
  return fieldBytes(block.scope.length) + block.runs.reduce((sum, run) => sum + run.length, 0);
}

function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

function openField(bytes: Uint8Array, at: number, tag: number, length: number): number {
  bytes[at] = tag;
  return writeVarint(bytes, at + 1, length);
}

function writeField(bytes: Uint8Array, at: number, tag: number, content: Uint8Array): number {
  return writeBytes(bytes, openField(bytes, at, tag, content.length), content);
}
