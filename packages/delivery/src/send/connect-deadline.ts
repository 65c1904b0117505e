import { patientTimeout } from './patient-timeout.ts';

/**
 * Ends what is still connecting at its deadline: a lost SYN, a silent proxy or a stalled handshake must not cost a whole
 * attempt.
 *
 * @param connectTimeoutMs - from `startMs`, of `performance.now()`; 0 is no limit.
 * @returns what takes it back.
 */
export function connectDeadline(
  connecting: { destroy(error: Error): unknown },
  connectTimeoutMs: number,
  startMs: number,
): () => void {
  if (connectTimeoutMs === 0) return () => undefined;
  const leftMs = Math.max(1, connectTimeoutMs - (performance.now() - startMs));
  return patientTimeout(leftMs, () => {
    const error = new Error(`no connection within ${connectTimeoutMs} ms`);
    connecting.destroy(Object.assign(error, { code: 'ERR_LOGFLUME_CONNECT_TIMEOUT' }));
  });
}
