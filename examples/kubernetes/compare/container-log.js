/**
 * What a container runtime makes of a container's stdout: lines of `<time> stdout <P|F> <content>`, and a long line in
 * pieces. The cut is on bytes, so it may fall inside a character.
 *
 * @param {number} pieceBytes 16384 for containerd, 8192 for CRI-O
 */
export function toContainerLog(stdout, pieceBytes) {
  const pieces = [];
  let start = 0;
  while (start < stdout.length) {
    const feed = stdout.indexOf(0x0a, start);
    const end = feed < 0 ? stdout.length : feed;
    for (let at = start; ; at += pieceBytes) {
      const isLast = end - at <= pieceBytes;
      const tag = isLast && feed >= 0 ? 'F' : 'P';
      pieces.push(
        Buffer.from(`${new Date().toISOString()} stdout ${tag} `),
        stdout.subarray(at, Math.min(end, at + pieceBytes)),
      );
      pieces.push(Buffer.from('\n'));
      if (isLast) break;
    }
    start = end + 1;
  }
  return Buffer.concat(pieces);
}

/** What a node agent makes of that file: pieces joined until the last of a line. */
export function readContainerLog(file) {
  const lines = [];
  let parts = [];
  let start = 0;
  while (start < file.length) {
    const end = file.indexOf(0x0a, start);
    const line = file.subarray(start, end < 0 ? file.length : end);
    // Time, stream and tag have no blanks, and no byte that is not ASCII.
    const [, head = '', tag] = /^(\S+ \S+ ([PF]) )/.exec(line.subarray(0, 64).toString('latin1')) ?? [];
    parts.push(line.subarray(head.length));
    if (tag === 'F') {
      lines.push(Buffer.concat(parts).toString('utf8'));
      parts = [];
    }
    start = end < 0 ? file.length : end + 1;
  }
  return lines;
}
