import { closestName } from './closest-name.ts';
import type { EnvironmentVariables, EnvReader } from './env-reader.ts';
import { knownVariables, optionList, variableOf } from './option-list.ts';

/**
 * What Kubernetes puts into every container for a Service called `logflume` or `logflume-…`: nobody's setting.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Reports variables named after us that have no effect: typing mistakes, and options whose variable has another name. */
export function reportUnreadVariables(env: EnvironmentVariables, reader: EnvReader): void {
  for (const name of Object.keys(env)) {
    // Other names cannot be meant for us, and might not fit on one line.
    if (!/^LOGFLUME_\w*$/.test(name) || knownVariables.has(name) || serviceLink.test(name)) continue;
    const { closest, advice } = adviceFor(name);
    const message = `${name} is not a variable of logflume and has no effect; ${advice}`;
    reader.report({ kind: 'unknownSetting', name, source: `environment ${name}`, closest, message });
  }
}

function adviceFor(name: string): { readonly closest: string | undefined; readonly advice: string } {
  const option = optionList.find(({ path }) => variableOf(path) === name);
  if (option !== undefined) {
    const { path, variableNames } = option;
    const [closest] = variableNames;
    return {
      closest,
      advice: closest === undefined ? `${path} is for code alone` : `${path} is set by ${variableNames.join(' or ')}`,
    };
  }
  // Without what all of them begin with, which would make the shortest names alike.
  const known = new Map([...knownVariables].map((each) => [each.replace(/^(LOGFLUME|OTEL)_/, ''), each]));
  const closest = known.get(closestName(name.replace(/^LOGFLUME_/, ''), [...known.keys()]) ?? '');
  return { closest, advice: closest === undefined ? 'see docs/configuration.md' : `did you mean ${closest}?` };
}
