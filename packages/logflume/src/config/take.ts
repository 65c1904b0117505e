import type { Setting } from './env-reader.ts';

/**
 * Takes the strongest value that was given and remembers where it came from. `env` is for variables with rules of their
 * own; what the option's own rule reads, and a file, is found by the path.
 */
export type Take = <T, D>(path: string, code: T | undefined, env: Setting<T> | undefined, fallback: D) => T | D;
