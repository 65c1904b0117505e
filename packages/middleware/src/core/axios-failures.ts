import { readMember } from './abort.ts';

type Step = (this: unknown, ...parameters: unknown[]) => unknown;

/** What is read of the configuration of a request of axios, and written to it. */
export interface WatchedConfig {
  adapter?: unknown;
  transformResponse?: unknown;
  readonly cancelToken?: unknown;
}

/**
 * Hears of what ends a call of axios and does not say which one: what the application's own adapter or transform threw, the
 * one reason of a `CancelToken`, which is thrown in all its calls, and the answer of an adapter that has no configuration.
 */
export class AxiosFailures {
  readonly #tell: (config: WatchedConfig, error: unknown) => void;
  /** What stands for a function, the same for all calls; for itself, where a configuration is sent again. */
  readonly #watched = new WeakMap<Step, Step>();
  /** Of answers that have none, or another than that they were asked for with. */
  readonly #configs = new WeakMap<object, unknown>();

  /** @param tell - must not throw. */
  constructor(tell: (config: WatchedConfig, error: unknown) => void) {
    this.#tell = tell;
  }

  /** Puts what hears of them in the place of the functions of a configuration that is about to be sent. */
  watchSteps(config: WatchedConfig): void {
    config.adapter = mapFunctions(config.adapter, (step) => this.#watchedOf(step, this.#watchAdapter));
    config.transformResponse = mapFunctions(config.transformResponse, this.watchTransform);
  }

  /** @returns what stands for a function that transforms data or answers. */
  readonly watchTransform = (transform: Step): Step => this.#watchedOf(transform, this.#watchTransform);

  /** The configuration an answer was asked for with, where it does not say so itself. */
  configOf(answer: unknown): unknown {
    return isObject(answer) ? this.#configs.get(answer) : undefined;
  }

  /** @returns what ends it, which a token that outlives its calls needs; `undefined` without a token. */
  watchToken(config: WatchedConfig): (() => void) | undefined {
    const { cancelToken } = config;
    const subscribe = readMember(cancelToken, 'subscribe');
    const unsubscribe = readMember(cancelToken, 'unsubscribe');
    if (typeof subscribe !== 'function' || typeof unsubscribe !== 'function') return undefined;
    // Also where the reason names a call: it is the same for all, and the adapter `fetch` writes one of them into it.
    const listener = (reason: unknown): void => this.#tell(config, reason);
    Reflect.apply(subscribe, cancelToken, [listener]);
    return () => Reflect.apply(unsubscribe, cancelToken, [listener]);
  }

  #watchedOf(step: Step, watch: (step: Step) => Step): Step {
    const known = this.#watched.get(step);
    if (known !== undefined) return known;
    const own = watch(step);
    this.#watched.set(step, own);
    this.#watched.set(own, own);
    return own;
  }

  readonly #watchTransform = (transform: Step): Step => {
    const tell = this.#tell;
    return function watched(this: unknown, ...parameters: unknown[]): unknown {
      try {
        return Reflect.apply(transform, this, parameters);
      } catch (error) {
        if (isNameless(error)) tell(Object(this), error);
        throw error;
      }
    };
  };

  readonly #watchAdapter = (adapter: Step): Step => {
    const tell = this.#tell;
    const configs = this.#configs;
    return async function watched(this: unknown, ...parameters: unknown[]): Promise<unknown> {
      const [config] = parameters;
      try {
        const answer: unknown = await Reflect.apply(adapter, this, parameters);
        // axios fails as it writes to it.
        if (!isObject(answer)) tell(Object(config), new TypeError('the adapter answered with no response'));
        else if (readMember(answer, 'config') !== config) configs.set(answer, config);
        return answer;
      } catch (error) {
        if (isNameless(error)) tell(Object(config), error);
        throw error;
      }
    };
  };
}

function isNameless(error: unknown): boolean {
  return readMember(error, 'config') === undefined;
}

function mapFunctions(value: unknown, map: (step: Step) => Step): unknown {
  if (Array.isArray(value)) return value.map((each) => (isStep(each) ? map(each) : each));
  return isStep(value) ? map(value) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isStep(value: unknown): value is Step {
  return typeof value === 'function';
}
