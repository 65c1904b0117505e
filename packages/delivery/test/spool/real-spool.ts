import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '../../src/spool/file-system.ts';
import { openSpool, type Spool } from '../../src/spool/spool.ts';
import type { SpoolDiagnostic } from '../../src/spool/spool-diagnostics.ts';
import type { SpoolOptions } from '../../src/spool/spool-options.ts';
import { systemClock, systemRandom } from '../../src/system-clock.ts';
import type { Recovered } from './spool-under-test.ts';

/** A directory of this test alone, deleted at its end. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'logflume-spool-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A spool of this process on the real disk, closed at the end of its test. */
export interface RealSpool extends Disposable {
  readonly spool: Spool;
  readonly reports: SpoolDiagnostic[];
  /** Everything dead processes left. */
  drain(): Promise<Recovered[]>;
}

export function openRealSpool(options: SpoolOptions, fileSystem: typeof nodeFileSystem = nodeFileSystem): RealSpool {
  const reports: SpoolDiagnostic[] = [];
  let wake: () => void = () => {};
  const spool = openSpool(options, {
    fileSystem,
    clock: systemClock,
    random: systemRandom,
    report: (event) => reports.push(event),
    evict: () => {},
    onMissing: () => {},
    onBacklog: () => wake(),
  });
  return {
    spool,
    reports,
    async drain() {
      const all: Recovered[] = [];
      await spool.scan();
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const step = spool.take();
        if (step.kind === 'empty') return all;
        if (step.kind === 'busy') {
          await woken;
          continue;
        }
        const found = spool.read(step.frame);
        all.push({ frame: step.frame, payload: found.kind === 'payload' ? found.payload : undefined });
      }
    },
    [Symbol.dispose]: () => spool.close(),
  };
}
