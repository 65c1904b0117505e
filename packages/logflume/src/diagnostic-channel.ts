import { type Channel, channel } from 'node:diagnostics_channel';
import type { Diagnostic } from './config/diagnostic.ts';

/** Where everything logflume has to say about itself can be heard, whoever made the logger. */
export const DIAGNOSTIC_CHANNEL = 'logflume:diagnostic';

const diagnostics: Channel = channel(DIAGNOSTIC_CHANNEL);

/** Publishes an event; one comparison while nobody subscribes. What a subscriber throws is its own uncaught exception. */
export function publishDiagnostic(event: Diagnostic): void {
  if (diagnostics.hasSubscribers) diagnostics.publish(event);
}
