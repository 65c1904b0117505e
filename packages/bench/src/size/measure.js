// @ts-check
import { participants } from '../contestants/list.js';
import { oncePerFile } from '../harness/measure.js';
import { stagedModules } from '../harness/staged-modules.js';
import { count, megabytes } from '../harness/table.js';
import { installed } from './installed.js';

/** @type {import('../harness/measure.js').Measure} */
export const size = {
  name: 'size',
  title: 'What is installed',
  note: 'Packages with all they depend on, and the bytes of their files.',
  rounds: { full: 1, quick: 1 },
  contestants: async () => oncePerFile(await participants('size')),
  async once({ contestant }) {
    const { packages, bytes } = installed(contestant.packages, stagedModules());
    return { packages: packages.length, mb: bytes / 1_000_000 };
  },
  tables: [
    {
      title: '',
      columns: [
        { key: 'packages', title: 'packages', format: count },
        { key: 'mb', title: 'MB', format: megabytes },
      ],
    },
  ],
};
