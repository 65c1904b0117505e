/** A pending callback and the one way to take it back. */
export interface Timer {
  cancel(): void;
}

/** Time as the engine sees it; the simulator brings its own. */
export interface Clock {
  /** Monotonic milliseconds, for every delay, age and deadline: a jump of the wall clock changes none of them. */
  nowMs(): number;
  /** Milliseconds since the epoch, for what is printed and for HTTP dates alone. */
  wallMs(): number;
  /** Calls back once after `delayMs` ≥ 0. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): Timer;
  /** As `after`, but keeps the process alive until then: only a pending `flush` or `close` may do that. */
  holdFor(delayMs: number, callback: () => void): Timer;
  /** Calls back once the running JavaScript is done, so that a log call starts no I/O. */
  soon(callback: () => void): void;
}

/** Chance as the engine sees it; the simulator brings its own. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** 32 lower-case hex digits nobody has seen before: a batch id. */
  id(): string;
}
