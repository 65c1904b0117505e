export type { DevBackendStats } from './counters.ts';
export { createDevBackend, type DevBackend, type WaitPredicate } from './create-dev-backend.ts';
export type { Fault, FaultRule, FaultSchedule } from './faults/decide-fault.ts';
export type { DevBackendOptions } from './options.ts';
export type { PlainAttributes, ReceivedRecord, ReceivedResource, ReceivedScope } from './records/received-record.ts';
export type { RecordQuery } from './records/record-query.ts';
export type { SeverityRange } from './records/severity.ts';
