import { mayTellHttp, safeText, toSafeErrorText } from '@logflume/otlp';

/** A message without what HTTP clients send and get: pino writes the objects of `%j` and `%o` into it as JSON. */
export function safeBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  // Most messages have no brace, which is quicker to see.
  if (!body.includes('{') || !mayTellHttp(body)) return toSafeErrorText(body);
  let safe = '';
  let rest = body;
  for (let start = rest.indexOf('{'); start !== -1; start = rest.indexOf('{')) {
    const end = endOfObject(rest, start);
    safe += rest.slice(0, start) + safeJson(rest.slice(start, end));
    rest = rest.slice(end);
  }
  return toSafeErrorText(safe + rest);
}

/** Behind the brace that closes the one at `start`; the end of the text if none does. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) at += char === '\\' ? 1 : 0;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return text.length;
}

function safeJson(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return mayTellHttp(text) ? '{…}' : text; // Cut or written by somebody else: nobody can say what stands where.
  }
  return safeText(([each]) => (each === value ? text : JSON.stringify(each)), [value]);
}
