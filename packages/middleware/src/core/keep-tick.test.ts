import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('keepTick', () => {
  it('has hooks for the moment of one tick, once', async () => {
    const states: string[] = [];
    const createHook = ({ init }: { init(id: number, type: string, trigger: number, resource: object): void }) => ({
      enable() {
        states.push('on');
        init(1, 'TickObject', 0, {});
        return this;
      },
      disable: () => states.push('off'),
    });
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ createHook });
    const { keepTick } = await import('./keep-tick.ts');
    keepTick();
    keepTick();
    expect(states).toEqual(['on', 'off']);
  });

  it('does nothing on a runtime whose module has no hooks', async () => {
    const asked = vi.spyOn(process, 'getBuiltinModule').mockReturnValue({});
    const { keepTick } = await import('./keep-tick.ts');
    expect(keepTick).not.toThrow();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('asks for none on Bun, which would warn', async () => {
    vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, bun: '1.3.0' });
    const asked = vi.spyOn(process, 'getBuiltinModule');
    const { keepTick } = await import('./keep-tick.ts');
    keepTick();
    expect(asked).not.toHaveBeenCalled();
  });
});
