import { createDatadogLine } from './datadog-line.ts';
import { createEcsLine } from './ecs-line.ts';
import { createGcpLine } from './gcp-line.ts';
import { createJsonLine } from './json-line.ts';
import type { LineOptions, ToLine } from './line-options.ts';
import { createLogfmtLine } from './logfmt-line.ts';
import { createOtlpJsonLine } from './otlp-json-line.ts';

/** The formats of lines for machines, by the names options have for them. */
export type LinePreset = 'json' | 'gcp' | 'ecs' | 'datadog' | 'logfmt' | 'otlp-json';

/** Every {@link LinePreset}. */
export const linePresets: readonly LinePreset[] = Object.freeze([
  'json',
  'gcp',
  'ecs',
  'datadog',
  'logfmt',
  'otlp-json',
]);

/**
 * Makes the function that says records as lines of a preset.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createPresetLine(preset: LinePreset, options: LineOptions = {}): ToLine {
  switch (preset) {
    case 'json':
      return createJsonLine(options);
    case 'gcp':
      return createGcpLine(options);
    case 'ecs':
      return createEcsLine(options);
    case 'datadog':
      return createDatadogLine(options);
    case 'logfmt':
      return createLogfmtLine(options);
    case 'otlp-json':
      return createOtlpJsonLine(options);
    default:
      return preset satisfies never;
  }
}
