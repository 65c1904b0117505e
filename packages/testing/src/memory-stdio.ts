import type { Clock, Stdio } from '@logflume/delivery';

/** A standard stream in memory, whose reader can be told to stop reading. */
export interface MemoryStdio extends Stdio {
  readonly lines: string[];
  /**
   * - `reading`: every write succeeds.
   * - `failing`: every write is taken and fails afterwards, as EPIPE does.
   * - `stuck`: writes are taken and never answered.
   * - `closed`: nothing is taken.
   */
  mode: 'reading' | 'failing' | 'stuck' | 'closed';
}

export function createMemoryStdio(clock: Clock): MemoryStdio {
  const stdio: MemoryStdio = {
    lines: [],
    mode: 'reading',
    write(text, done) {
      if (stdio.mode === 'closed') return false;
      if (stdio.mode === 'stuck') return true;
      const isRead = stdio.mode === 'reading';
      if (isRead) stdio.lines.push(...text.trimEnd().split('\n'));
      clock.soon(() => done(isRead));
      return true;
    },
    writeLinesSync(lines) {
      if (stdio.mode !== 'reading') return 0;
      stdio.lines.push(...lines);
      return lines.length;
    },
  };
  return stdio;
}
