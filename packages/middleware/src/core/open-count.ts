/** How many calls are under way, and whom to tell when none is. */
export class OpenCount {
  #count = 0;
  #onIdle: (() => void) | undefined;

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) this.#onIdle?.();
  }

  /** Calls back once, at once if none is under way. */
  whenIdle(callback: () => void): void {
    if (this.#count === 0) callback();
    else this.#onIdle = callback;
  }
}
