// In this package, as the one of the middleware has Nest 12: the same access log on the major before it.
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { describe, it } from 'vitest';
import { behaviours } from '../../middleware/test/conformance/behaviours.ts';
import { type Nest, nestHostOf } from '../../middleware/test/hosts/nest.ts';

describe('Nest 11', () => {
  const host = nestHostOf('Nest 11', { common, core } as unknown as Nest); // Of another version, and all that is used of it is alike.
  for (const { title, skip, run } of behaviours) {
    const reason = skip?.(host);
    if (reason === undefined) it(title, () => run(host));
    else it.skip(`${title} (${reason})`);
  }
});
