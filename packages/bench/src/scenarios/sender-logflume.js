// @ts-check
// logflume as its quick start says: an endpoint, and defaults for everything else.
import { createLogger } from 'logflume';
import { attributesOf, messageOf } from './record.js';
import { runSender } from './sender.js';

await runSender((url) => {
  const log = createLogger({ name: 'scenarios', endpoints: [url] });
  return {
    write: (number) => log.info(messageOf(number), attributesOf(number)),
    async shutdown() {
      await log.close();
      const { accepted, delivered, rejected, fallback, dropped, pending } = log.stats();
      return { accepted, delivered, rejected, fallback, dropped: dropped.total, pending };
    },
  };
});
