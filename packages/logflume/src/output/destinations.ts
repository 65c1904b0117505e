import {
  createDelivery,
  createFanOut,
  createRateLimit,
  type Delivery,
  type DiagnosticSink,
  defaults,
  type EncodedRecord,
  encodedRecordCodec,
  type MakeLossRecord,
  type RoutedRecord,
  systemClock,
} from '@logflume/delivery';
import type { EncodeLimits, LogRecordInput } from '@logflume/otlp';
import type { ResolvedOptions } from '../config/resolved-options.ts';
import { tellDiagnostic } from '../own-output.ts';
import type { ScopeTable } from '../scope-table.ts';
import { toDeliveryOptions } from './backend-delivery.ts';
import { createLossRecords } from './loss-record.ts';
import { createRecordCodec } from './record-codec.ts';
import { createRouteTest } from './route.ts';

/** More than the record of a loss takes. */
const LOSS_RECORD_BYTES = 2048;

/** Makes one delivery over all destinations of the options, which must have one. */
export function createDestinations(
  options: ResolvedOptions,
  scopes: ScopeTable,
  limits: EncodeLimits,
  onDiagnostic: DiagnosticSink | undefined,
): RoutedDelivery {
  const codec = createRecordCodec(limits);
  const makeLossRecord = createLossRecords(scopes);
  const lossRecord: MakeLossRecord<EncodedRecord<LogRecordInput>> = (loss) => {
    const { record, ...rest } = makeLossRecord(loss);
    const bytes = Buffer.alloc(LOSS_RECORD_BYTES);
    return { ...rest, record: { bytes, end: codec.encode(bytes, 0, record), record } };
  };
  const names = options.destinations.map(({ name }) => name);
  const testsOf = (route: ResolvedOptions['route']): readonly (RouteTest | undefined)[] =>
    names.map((name) => createRouteTest(name, route, scopes));
  let tests = testsOf(options.route);
  const destinations = options.destinations.map((destination, index) => ({
    name: destination.name,
    delivery: createDelivery({
      ...toDeliveryOptions(destination, scopes, onDiagnostic),
      codec: encodedRecordCodec(codec),
      name: destination.name,
      lossRecord,
    }),
    accepts: (record: RoutedRecord) => tests[index]?.(record) ?? true,
  }));
  const delivery = createFanOut<LogRecordInput>({
    codec,
    destinations,
    maxRecordBytes: defaults.maxRecordBytes,
    onRouteFailed: createRouteReport(options.onDiagnostic),
  });
  return {
    ...delivery,
    setRoute(route) {
      tests = testsOf(route);
    },
    setDestinations(next) {
      next.forEach(({ endpoints }, index) => {
        destinations[index]?.delivery.setEndpoints(endpoints);
      });
    },
  };
}

type RouteTest = (record: RoutedRecord) => boolean;

/** A delivery to several destinations, whose rules and endpoints can be changed while it runs. */
export interface RoutedDelivery extends Delivery<LogRecordInput> {
  /** @param route - rules that name destinations there are. */
  setRoute(route: ResolvedOptions['route']): void;
  /** @param next - the same destinations in the same order, with other endpoints. */
  setDestinations(next: ResolvedOptions['destinations']): void;
}

/** Says after the log call, and once in a while, that a predicate of the application throws. */
function createRouteReport(onDiagnostic: ResolvedOptions['onDiagnostic']): (error: unknown) => void {
  const limit = createRateLimit();
  return (error) => {
    if (limit.admit('', systemClock.nowMs()) === undefined) return;
    // Its text may quote the record: only its name is told.
    const name = error instanceof Error ? error.name : typeof error;
    const message = `route: a predicate failed (${name}); records for which it does go to all destinations`;
    systemClock.soon(() => tellDiagnostic({ kind: 'routeFailed', message }, onDiagnostic));
  };
}
