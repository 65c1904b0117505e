import { varintBytes, writeBytes, writeVarint } from './wire.ts';

/** The records of one instrumentation scope: runs of `encodeLogRecord` fields in the order they were written. */
export interface ScopeBlock {
  /** Content of the `InstrumentationScope` message. */
  readonly scope: Uint8Array;
  readonly runs: readonly Uint8Array[];
  /** Of the scope and its records. @defaultValue none */
  readonly schemaUrl?: string | undefined;
}

/**
 * Frames encoded records as one `ExportLogsServiceRequest`: headers in front of bytes that are copied as they are.
 *
 * @param resource - content of the `Resource` message.
 * @param blocks - one per scope, at least one.
 * @param schemaUrl - of the resource; `''` is none.
 * @param allocate - where to take the memory from; its bytes may hold anything.
 * @returns the request body, exactly as long as it needs to be.
 */
export function frameLogsRequest(
  resource: Uint8Array,
  blocks: readonly ScopeBlock[],
  schemaUrl = '',
  allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow,
): Buffer {
  const resourceUrl = toUrlField(schemaUrl);
  const blockBytes = blocks.map(scopeLogsBytes);
  const resourceLogsBytes =
    fieldBytes(resource.length) + blockBytes.reduce((sum, bytes) => sum + fieldBytes(bytes), 0) + resourceUrl.length;
  const body = allocate(fieldBytes(resourceLogsBytes));
  let at = openField(body, 0, 0x0a, resourceLogsBytes);
  at = writeField(body, at, 0x0a, resource);
  blocks.forEach((block, index) => {
    at = openField(body, at, 0x12, blockBytes[index] as number);
    at = writeField(body, at, 0x0a, block.scope);
    for (const run of block.runs) at = writeBytes(body, at, run);
    at = writeBytes(body, at, toUrlField(block.schemaUrl));
  });
  writeBytes(body, at, resourceUrl);
  return body;
}

const NO_FIELD = new Uint8Array(0);

/** `schema_url` as its whole field, which has the same number for resources and scopes. */
function toUrlField(schemaUrl: string | undefined): Uint8Array {
  if (schemaUrl === undefined || schemaUrl === '') return NO_FIELD;
  const content = Buffer.from(schemaUrl);
  const field = Buffer.allocUnsafe(fieldBytes(content.length));
  writeField(field, 0, 0x1a, content);
  return field;
}

function scopeLogsBytes(block: ScopeBlock): number {
  const runBytes = block.runs.reduce((sum, run) => sum + run.length, 0);
  return fieldBytes(block.scope.length) + runBytes + toUrlField(block.schemaUrl).length;
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
