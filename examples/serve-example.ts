import { createDevBackend, type ReceivedRecord } from '@logflume/dev-backend';
import { createLogger, type Logger } from 'logflume';

/** An application that listens. */
export interface Served {
  /** Such as `http://127.0.0.1:1234`. */
  readonly url: string;
  close(): unknown;
}

/** What came of some requests. */
export interface Answers {
  readonly statuses: readonly number[];
  /** In the order in which they were logged. */
  readonly records: readonly ReceivedRecord[];
}

/** Starts an application beside a backend of its own, asks it for some paths one after another, and ends both. */
export async function askExample(serve: (log: Logger) => Promise<Served>, paths: readonly string[]): Promise<Answers> {
  await using backend = await createDevBackend();
  await using log = createLogger({ name: 'shop', endpoints: [backend.url], exit: { handleSignals: false } });
  const app = await serve(log);
  const statuses: number[] = [];
  for (const path of paths) {
    const answer = await fetch(`${app.url}${path}`, { redirect: 'manual' });
    await answer.text();
    statuses.push(answer.status);
  }
  await app.close();
  await log.flush();
  const records = backend.records();
  // Errors travel before the rest.
  return {
    statuses,
    records: records.sort((a, b) => Number(BigInt(a.timeUnixNano ?? 0) - BigInt(b.timeUnixNano ?? 0))),
  };
}
