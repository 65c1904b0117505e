/** The time a file was rotated at, behind its name: sorts as time does. */
const STAMP = /^\d{8}T\d{9}Z(?:-\d+)?$/;

/** Name of a file that is rotated now, beside `path`. `attempt` tells apart those of one millisecond. */
export function rotatedPath(path: string, wallMs: number, attempt: number): string {
  const stamp = new Date(wallMs).toISOString().replaceAll(/[-:.]/g, '');
  return `${path}.${stamp}${attempt === 0 ? '' : `-${attempt}`}`;
}

/**
 * Which of the files in a directory are rotated ones of `name` beyond the number to keep: the oldest. Others, whatever
 * they are called, are not ours.
 *
 * @param maxFiles - the current one included.
 */
export function surplusFiles(names: readonly string[], name: string, maxFiles: number): readonly string[] {
  const rotated = names.filter((each) => each.startsWith(`${name}.`) && STAMP.test(each.slice(name.length + 1)));
  rotated.sort(byTime);
  return rotated.slice(0, Math.max(0, rotated.length - (maxFiles - 1)));
}

function byTime(a: string, b: string): number {
  const [timeA = '', attemptA = '0'] = a.split('Z-');
  const [timeB = '', attemptB = '0'] = b.split('Z-');
  const byStamp = timeA.replace(/Z$/, '') < timeB.replace(/Z$/, '') ? -1 : 1;
  return timeA.replace(/Z$/, '') === timeB.replace(/Z$/, '') ? Number(attemptA) - Number(attemptB) : byStamp;
}

/**
 * Where the whole lines end that fit into the room of a file, from `at` on; at least one line when the file is empty.
 *
 * @returns `at` itself when not even one line fits.
 */
export function endOfFittingLines(bytes: Buffer, at: number, room: number, isEmpty: boolean): number {
  if (bytes.length - at <= room) return bytes.length;
  const last = room <= 0 ? -1 : bytes.lastIndexOf(0x0a, at + room - 1);
  if (last >= at) return last + 1;
  return isEmpty ? bytes.indexOf(0x0a, at) + 1 : at;
}
