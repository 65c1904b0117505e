/** What containerd writes of a line at most before it splits it: bytes of content. */
const MAX_PIECE_BYTES = 16_384;

/** The log file that containerd makes of what a container prints: cut at bytes, within a character if need be. */
export function toCriLines(printed: Buffer): string[] {
  const lines: string[] = [];
  for (let from = 0; from < printed.length; ) {
    const feed = printed.indexOf(0x0a, from);
    const end = feed === -1 ? printed.length : feed;
    for (let at = from; at < end || at === from; at += MAX_PIECE_BYTES) {
      const piece = printed.subarray(at, Math.min(end, at + MAX_PIECE_BYTES));
      const isLast = at + piece.length === end && feed !== -1;
      lines.push(
        `2026-11-22T19:41:02.${String(lines.length).padStart(9, '0')}Z stdout ${isLast ? 'F' : 'P'} ${piece.toString('latin1')}`,
      );
    }
    from = end + 1;
  }
  return lines;
}

/** Reads such a file as agents do: pieces of a stream are joined until one says that it is the last. */
export function readCri(lines: readonly string[]): string[] {
  const records: string[] = [];
  const begun = new Map<string, string>();
  for (const line of lines) {
    const [, stream = '', tag, content = ''] = /^\S+ (stdout|stderr) ([PF]) (.*)$/s.exec(line) ?? [];
    const whole = (begun.get(stream) ?? '') + content;
    if (tag === 'P') begun.set(stream, whole);
    else {
      begun.delete(stream);
      records.push(Buffer.from(whole, 'latin1').toString());
    }
  }
  return records;
}
