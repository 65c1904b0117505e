import type { Counters } from '../counters.ts';
import { createFaultState, decideFault, type FaultRule, type FaultState } from './decide-fault.ts';

/** The rules in force and how far they got. */
export interface FaultScript {
  /** Decides for one more request. */
  next(): FaultRule | undefined;
  /** Puts other rules in force; every count and the random generator start again. */
  replace(rules: readonly FaultRule[]): void;
  /** Each rule with how many requests reached it and to how many it was applied. */
  list(): readonly { readonly rule: FaultRule; readonly seen: number; readonly applied: number }[];
}

export function createFaultScript(initial: readonly FaultRule[], seed: number, counters: Counters): FaultScript {
  let rules = initial;
  let state: FaultState = createFaultState(rules, seed);
  return {
    next() {
      const decision = decideFault(rules, state);
      state = decision.state;
      if (decision.rule !== undefined) counters.faultApplied();
      return decision.rule;
    },
    replace(next) {
      rules = next;
      state = createFaultState(next, seed);
    },
    list: () =>
      rules.map((rule, index) => ({ rule, seen: state.seen[index] ?? 0, applied: state.applied[index] ?? 0 })),
  };
}
