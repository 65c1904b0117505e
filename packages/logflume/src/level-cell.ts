import { invalidOption } from './config/check-options.ts';
import { type LevelRules, type LevelThreshold, minSeverityOf, ruleFor, thresholdFor } from './config/parse-levels.ts';
import { showValue } from './config/show-value.ts';

/** The rules in force, shared by all cells of a logger and its children. */
interface SharedRules {
  current: LevelRules;
}

/** Children looked through at the least: a judgement, a few microseconds. */
const MIN_SWEPT = 64;

/** The longest a timer of Node can wait. */
const maxDurationMs = 2 ** 31 - 1;

/**
 * The level of a logger. Children share their parent's cell until they have a name or a level of their own, or one is set
 * on them; a cell for each name hangs below its parent's, so that rules which change at run time reach loggers made before.
 *
 * What holds, from the strongest: a level for a limited time, one that was set, the rule for the name, the parent's level.
 */
export class LevelCell {
  threshold: LevelThreshold = 'off';
  /** The lowest severity number that passes: what a log call compares. */
  minSeverity = 0;
  readonly #name: string;
  readonly #parent: LevelCell | undefined;
  readonly #rules: SharedRules;
  #set: LevelThreshold | undefined;
  #timed: { readonly threshold: LevelThreshold; readonly timer: NodeJS.Timeout } | undefined;
  /** By name: as many as an application has names. */
  #named: Map<string, LevelCell> | undefined;
  /** Of children whose level was set at run time: weak, as a child of a request must not live as long as its parent. */
  #split: Set<WeakRef<LevelCell>> | undefined;
  /** How many of these make a look for those that are gone worth it. */
  #sweepAt = MIN_SWEPT;

  constructor(
    name: string,
    rules: SharedRules,
    above: { readonly parent?: LevelCell; readonly set?: LevelThreshold } = {},
  ) {
    this.#name = name;
    this.#rules = rules;
    this.#parent = above.parent;
    this.#set = above.set;
    this.#update();
  }

  /** The cell of a child; its own for a level of its own, one for each name, else this. */
  childCell(name: string | undefined, level: LevelThreshold | undefined): LevelCell {
    if (level !== undefined) return new LevelCell(name ?? this.#name, this.#rules, { set: level });
    if (name === undefined || name === this.#name) return this;
    this.#named ??= new Map();
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const cell = new LevelCell(name, this.#rules, { parent: this });
    this.#named.set(name, cell);
    return cell;
  }

  /** A cell for a child alone that has shared this one. It follows as long as nothing is set on it. */
  split(): LevelCell {
    const cell = new LevelCell(this.#name, this.#rules, { parent: this });
    this.#split ??= new Set();
    if (this.#split.size >= this.#sweepAt) {
      for (const ref of this.#split) if (ref.deref() === undefined) this.#split.delete(ref);
      this.#sweepAt = Math.max(MIN_SWEPT, 2 * this.#split.size);
    }
    this.#split.add(new WeakRef(cell));
    return cell;
  }

  /** Sets the level for good; ends one for a limited time. */
  set(threshold: LevelThreshold): void {
    this.#set = threshold;
    this.#endTimed();
    this.#update();
  }

  /**
   * Sets the level for a limited time, in place of one set so before.
   *
   * @returns what ends it early.
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a time that is none.
   */
  setFor(threshold: LevelThreshold, durationMs: number): () => void {
    checkDuration(durationMs);
    this.#endTimed();
    const end = (): void => {
      if (this.#timed !== timed) return;
      this.#endTimed();
      this.#update();
    };
    const timer = setTimeout(end, durationMs);
    timer.unref();
    const timed = { threshold, timer };
    this.#timed = timed;
    this.#update();
    return end;
  }

  /** Puts other rules in force, for this cell and all below; levels that were set stay. */
  applyRules(rules: LevelRules): void {
    this.#rules.current = rules;
    this.#update();
  }

  #endTimed(): void {
    clearTimeout(this.#timed?.timer);
    this.#timed = undefined;
  }

  #update(): void {
    this.threshold = this.#timed?.threshold ?? this.#set ?? this.#byRules();
    this.minSeverity = minSeverityOf(this.threshold);
    for (const cell of this.#named?.values() ?? []) cell.#update();
    for (const ref of this.#split ?? []) {
      const cell = ref.deref();
      if (cell === undefined) this.#split?.delete(ref);
      else cell.#update();
    }
  }

  #byRules(): LevelThreshold {
    const rules = this.#rules.current;
    return this.#parent === undefined
      ? thresholdFor(rules, this.#name)
      : (ruleFor(rules, this.#name) ?? this.#parent.threshold);
  }
}

/** The cell of a logger that has no parent. */
export function createLevelCell(name: string, rules: LevelRules): LevelCell {
  return new LevelCell(name, { current: rules });
}

function checkDuration(durationMs: unknown): void {
  if (typeof durationMs === 'number' && durationMs >= 1 && durationMs <= maxDurationMs) return;
  throw invalidOption('durationMs', { expected: `milliseconds, 1 … ${maxDurationMs}`, got: showValue(durationMs) });
}
