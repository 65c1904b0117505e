/** What Next throws to say something, and not because anything failed. */
export interface NextSignal {
  /** Of the answer Next makes of it; `undefined` where it makes none, as it renders again. */
  readonly status: number | undefined;
}

/** Statuses `redirect()` and `permanentRedirect()` may carry. */
const REDIRECTS = new Set([303, 307, 308]);

/**
 * Reads `redirect()`, `notFound()`, `forbidden()`, `unauthorized()` and what else Next throws for itself by the `digest`
 * it marks them with; `undefined` for errors. `DYNAMIC_SERVER_USAGE` is one: only `next build` renders again. Pure.
 */
export function parseNextSignal(thrown: unknown): NextSignal | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const digest: unknown = Reflect.get(thrown, 'digest');
  if (typeof digest !== 'string') return undefined;
  const [code, ...rest] = digest.split(';');
  switch (code) {
    case 'NEXT_REDIRECT': {
      const status = Number(rest.at(-2));
      return { status: REDIRECTS.has(status) ? status : 307 };
    }
    case 'NEXT_HTTP_ERROR_FALLBACK':
      return { status: Number(rest[0]) };
    case 'BAILOUT_TO_CLIENT_SIDE_RENDERING':
    case 'HANGING_PROMISE_REJECTION':
      return { status: undefined };
    default:
      return undefined;
  }
}
