import { closestName } from './closest-name.ts';
import type { EnvironmentVariables, EnvReader } from './env-reader.ts';
import { knownVariables } from './option-list.ts';

/**
 * What Kubernetes puts into every container for a Service called `logflume` or `logflume-…`: nobody's setting.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Reports variables named after us that have no effect: typing mistakes. */
export function reportUnreadVariables(env: EnvironmentVariables, reader: EnvReader): void {
  const known = [...knownVariables].filter((name) => name.startsWith('LOGFLUME_'));
  for (const name of Object.keys(env)) {
    // Other names cannot be meant for us, and might not fit on one line.
    if (!/^LOGFLUME_\w*$/.test(name) || knownVariables.has(name) || serviceLink.test(name)) continue;
    const closest = closestName(name, known);
    const advice = closest === undefined ? 'see docs/configuration.md' : `did you mean ${closest}?`;
    const message = `${name} is not a variable of logflume and has no effect; ${advice}`;
    reader.report({ kind: 'unknownSetting', name, source: `environment ${name}`, closest, message });
  }
}
