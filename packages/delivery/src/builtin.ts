/**
 * A module of Node's own, loaded when it is first asked for: those for connections and threads take 6 ms, which an
 * application that writes to the console alone does not wait for when it starts, and others wait for once there is
 * something to send. Synchronous, and nothing a bundler would have to follow.
 */
export function builtin<M extends keyof Builtins>(name: M): Builtins[M] {
  return process.getBuiltinModule(name);
}

interface Builtins {
  readonly 'node:http': typeof import('node:http');
  readonly 'node:https': typeof import('node:https');
  readonly 'node:net': typeof import('node:net');
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}
