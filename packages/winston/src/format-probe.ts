import { type HostInfo, isInfo, LEVEL, levelNameOf, SPLAT } from './host.ts';
import { readMember, readMembers } from './members.ts';

/** Says whether a format writes the arguments of a call into its message. */
export type FormatProbe = (format: unknown, info: HostInfo) => boolean;

/** No text of a record can have it unless it means to. */
const ARGUMENT = 'logflume.argument';

/**
 * Makes what tells formats with `format.splat()` among them from others. Nothing of a combined format says so, and nor
 * does a message that was masked or cut since; so each is asked once, with a record like the one in question.
 * Never throws.
 */
export function createFormatProbe(): FormatProbe {
  const answers = new WeakMap<object, boolean>();
  return (format, info) => {
    if (!isInfo(format)) return false;
    const known = answers.get(format);
    if (known !== undefined) return known;
    // A format may log, too: it must not be asked in the midst of the answer.
    answers.set(format, false);
    const answer = writesArguments(format, info);
    answers.set(format, answer);
    return answer;
  };
}

/** `format.splat()` takes what no token stands for out of the list, even where a format behind it takes out the rest. */
function writesArguments(format: HostInfo, info: HostInfo): boolean {
  const level = levelNameOf(info);
  const splat = [ARGUMENT, {}];
  try {
    const { transform, options } = format;
    if (typeof transform !== 'function') return false;
    const asked = { ...readMembers(info), level, message: '%s', [LEVEL]: level, [SPLAT]: splat };
    const made: unknown = Reflect.apply(transform, format, [asked, options]);
    const message = isInfo(made) ? readMember(made, 'message') : undefined;
    if (typeof message === 'string' && message.toLowerCase().includes(ARGUMENT)) return true;
  } catch {
    // What it did before it threw still counts.
  }
  return splat.length === 1;
}
