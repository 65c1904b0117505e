export type { ManualClock } from './manual-clock.ts';
export { createManualClock } from './manual-clock.ts';
export type { ArrivedRecord, MemoryDestination } from './memory-destination.ts';
export { createMemoryDestination } from './memory-destination.ts';
export type { ScriptedAnswer, ScriptedTransport, TransportScript } from './scripted-transport.ts';
export { createScriptedTransport } from './scripted-transport.ts';
export type { SeededRandom } from './seeded-random.ts';
export { createSeededRandom } from './seeded-random.ts';
