import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const seededFastCheck = fileURLToPath(new URL('test/fast-check.ts', import.meta.url));

/** Where another generation of the OpenTelemetry packages is installed, for `npm run test:nodes`; none otherwise. */
const otherOpenTelemetry = process.env['OTHER_OPENTELEMETRY'];

/** What both kinds of tests have in common. */
const shared: TestProjectInlineConfiguration = {
  plugins: [
    {
      name: 'seeded-fast-check',
      enforce: 'pre',
      resolveId: (id, importer) => (id === 'fast-check' && importer !== seededFastCheck ? seededFastCheck : undefined),
    },
  ],
  resolve: {
    alias:
      otherOpenTelemetry === undefined
        ? []
        : [
            {
              find: /^@opentelemetry\/(api|sdk-logs|resources|exporter-logs-otlp-http)$/,
              replacement: `${otherOpenTelemetry}/node_modules/@opentelemetry/$1`,
            },
          ],
  },
};

const timeouts = { testTimeout: 30_000, hookTimeout: 30_000 };

/** Tests of more than one file that leave nothing behind either: they start no process and change no global. */
const tidy = [
  'packages/{otlp,formats}/test/**/*.test.ts',
  'packages/testing/test/engine/*.test.ts',
  'packages/delivery/test/spool/{append,backlog,damage,disk-trouble,lock,quota,replay}.test.ts',
  'packages/dev-backend/test/{api,faults,page,receive}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      // A process for each of some 150 files would cost more than what is tested in them: unit tests share theirs.
      {
        ...shared,
        test: { ...timeouts, name: 'unit', include: ['packages/*/src/**/*.test.ts', ...tidy], isolate: false },
      },
      {
        ...shared,
        test: {
          ...timeouts,
          name: 'whole',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          exclude: tidy,
        },
      },
    ],
    globalSetup: ['test/build-first.ts'],
    // Of two cores a fifth lay idle with two: many a file waits for the child processes it has started.
    maxWorkers: 3,
  },
});
