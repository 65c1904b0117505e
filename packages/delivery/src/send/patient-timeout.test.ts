import { describe, expect, it } from 'vitest';
import { patientTimeout } from './patient-timeout.ts';

const after = (ms: number): Promise<void> => new Promise((resolve) => patientTimeout(ms, resolve));

describe('a patient timeout', () => {
  it('fires after its time', async () => {
    const startMs = performance.now();
    await after(20);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(18);
  });

  it('lets the sockets be read first when the event loop was blocked over its time', async () => {
    const order: string[] = [];
    const fired = after(5).then(() => order.push('timeout'));
    setImmediate(() => order.push('sockets'));
    const untilMs = performance.now() + 200;
    while (performance.now() < untilMs);
    await fired;
    expect(order).toEqual(['sockets', 'timeout']);
  });

  it('does not fire once taken back', async () => {
    let fired = false;
    const cancel = patientTimeout(1, () => {
      fired = true;
    });
    cancel();
    await after(20);
    expect(fired).toBe(false);
  });
});
