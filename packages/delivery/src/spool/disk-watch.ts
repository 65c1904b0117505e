import type { Clock, Timer } from '../clock.ts';
import type { SpoolReport } from './spool-diagnostics.ts';
import { describeBad, describeFull } from './spool-messages.ts';
import {
  afterDiskEvent,
  canTry,
  type DiskAction,
  type DiskEvent,
  type DiskHealth,
  initialHealth,
  type SpoolState,
} from './spool-state.ts';

/** Keeps the state of the disk, tells about its changes, and asks for a probe when a bad disk is due for one. */
export interface DiskWatch {
  readonly state: SpoolState;
  /** Whether a frame may be tried now. */
  readonly canTry: boolean;
  /** @param code - of the error behind the event, `EQUOTA` for our own limit, `''` for none. */
  on(event: DiskEvent, code?: string): DiskAction;
  close(): void;
}

export interface DiskWatchParts {
  readonly dir: string;
  readonly clock: Clock;
  readonly report: SpoolReport;
  /** Tries a disk that was bad; what it finds comes back as an event. */
  readonly probe: () => void;
}

export function createDiskWatch({ dir, clock, report, probe }: DiskWatchParts): DiskWatch {
  let health: DiskHealth = initialHealth;
  let timer: Timer | undefined;
  let isClosed = false;

  function tell(before: SpoolState, code: string): void {
    if (health.state === before) return;
    switch (health.state) {
      case 'bad':
        return report({ kind: 'spoolBad', code, message: describeBad(dir, code) });
      case 'full':
        return report({ kind: 'spoolFull', code, message: describeFull(dir, code) });
      case 'ok':
        return report({ kind: 'spoolRecovered', message: `spool: ${dir} takes batches again` });
    }
  }

  function schedule(): void {
    if (health.state !== 'bad' || isClosed || timer !== undefined) return;
    timer = clock.after(Math.max(0, health.retryAtMs - clock.nowMs()), () => {
      timer = undefined;
      probe();
      schedule();
    });
  }

  return {
    get state() {
      return health.state;
    },
    get canTry() {
      return canTry(health, clock.nowMs());
    },
    on(event, code = '') {
      const before = health.state;
      const step = afterDiskEvent(health, event, clock.nowMs());
      health = step.health;
      tell(before, code);
      schedule();
      return step.action;
    },
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}
