import { spoolDefaults } from '@logflume/delivery';
import { defaults } from './defaults.ts';
import type { OptionRow } from './option-row.ts';

/** Where records go. */
export const whereRows: Readonly<Record<string, OptionRow>> = {
  endpoints: {
    section: 'where',
    variables: {
      LOGFLUME_ENDPOINTS:
        'several URLs separated by commas (write a comma inside one as `%2C`); without a path each gets `/v1/logs`. Or the list as JSON, with weights, priorities and headers',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'one URL, used as it is; without a path `/`, not `/v1/logs`',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'one base URL, to which `v1/logs` is added',
    },
    default: 'none',
    description:
      'Receivers; each batch goes to one of them. Without a path `/v1/logs` is used. An empty list in code means no backend, whatever the environment says',
    example: ['http://collector:4318'],
  },
  'endpoints[].url': {
    section: 'where',
    variables: {},
    default: 'required',
    description:
      'Its address. `http(s)://…` as it stands; `dns+http(s)://name:4318` for all addresses of a name, `srv+http(s)://_otlp._tcp.name` for those of its SRV records, with their ports, weights and priorities, each an endpoint of its own. Names are looked up again every 10 s and when an address cannot be reached; `Host` and TLS server name stay those of the URL',
  },
  'endpoints[].weight': {
    section: 'where',
    variables: {},
    default: String(defaults.endpointWeight),
    description: 'Share of the load',
  },
  'endpoints[].priority': {
    section: 'where',
    variables: {},
    default: 'the place in the list when no endpoint has one, else 0',
    description: "Rank for `balance: 'failover'`; lower is used first, equals share the load",
  },
  'endpoints[].headers': {
    section: 'where',
    variables: {},
    default: 'none',
    description: 'Headers for this endpoint alone, over the general ones',
  },
  destinations: {
    section: 'where',
    variables: {
      LOGFLUME_DESTINATIONS:
        '`name=URL,name=URL`, where a name that comes again has another endpoint. Or the list as JSON. A mistake anywhere leaves out all of it',
    },
    default: 'none',
    description:
      'Several backends, each with its own queue, retry and fallback, see [Several destinations](#several-destinations). An empty list in code means none, whatever the environment says',
    example: [{ name: 'audit', endpoints: ['http://audit:4318'] }],
  },
  route: {
    section: 'where',
    variables: {
      LOGFLUME_ROUTE:
        '`destination=level` and `destination=logger:level`, separated by commas: `alerts=error,audit=payments:info`. Or the list as JSON. A mistake anywhere leaves out all of it',
    },
    default: 'everything to all',
    description: 'Rules of which destination gets which records',
  },
  balance: {
    section: 'where',
    variables: { LOGFLUME_BALANCE: '' },
    default: "`'least-loaded'`",
    description: 'Choice among healthy endpoints; `failover` takes them in their order',
    example: 'round-robin',
  },
  'spool.dir': {
    section: 'where',
    default: 'none: no disk is touched',
    description:
      'Directory on a local disk for batches that are not delivered yet: they survive the process, see [spool](spool.md). In code `spool` may be this path alone',
    example: '/var/lib/shop/logs',
  },
  'spool.mode': {
    section: 'where',
    default: "`'wal'`",
    description:
      '`wal` writes every batch before it is sent; `spill` only what does not get away in time, and loses with the process what is still in memory',
    example: 'spill',
  },
  'spool.maxBytes': {
    section: 'where',
    default: String(spoolDefaults.maxBytes),
    unit: 'bytes',
    description: 'What may be on disk in all. When full, the oldest dead letters give way, then the oldest batches',
    example: 67_108_864,
  },
  'spool.fsync': {
    section: 'where',
    default: "`'off'`",
    description:
      'When batches are brought to the device, to survive a power loss too: `off` leaves it to the system, `interval` is every 500 ms, `each` at once',
    example: 'interval',
  },
  fallback: {
    section: 'where',
    variables: { LOGFLUME_FALLBACK: '' },
    default: "`'stderr'`",
    description: 'Where a record is written that would otherwise be lost',
    example: 'stdout',
  },
  console: {
    section: 'where',
    variables: { LOGFLUME_CONSOLE: 'an object is written as JSON' },
    default: '`true` without an endpoint, `false` with one',
    description:
      'Printing to stdout alongside a backend, see [Outputs](outputs.md); `true` is `pretty` on a terminal, else `json`. An object has `format`, `stderrFrom` (the level from which records go to stderr) and `maxLineBytes`',
    example: 'json',
  },
  file: {
    section: 'where',
    default: 'none',
    description:
      'Files to write records to beside a backend or instead of one, see [Outputs](outputs.md): a path, an object with `path`, `format`, `level`, `maxBytes`, `maxAgeMs`, `maxFiles` and `maxLineBytes`, or a list of these',
    example: '/var/log/app/app.log',
  },
};
