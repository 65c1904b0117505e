import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const seededFastCheck = fileURLToPath(new URL('test/fast-check.ts', import.meta.url));

/** Where another generation of the OpenTelemetry packages is installed, for `npm run test:nodes`; none otherwise. */
const otherOpenTelemetry = process.env['OTHER_OPENTELEMETRY'];

export default defineConfig({
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
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
    ],
    globalSetup: ['test/build-first.ts'],
    // Two cores: child processes and sockets of one file need the other one.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: process.env['CI'] ? ['default'] : ['default'],
  },
});
