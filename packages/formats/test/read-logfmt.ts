/** Reads a logfmt line as its readers do; throws at whatever is no `key=value`. Written without a look at the writer. */
export function readLogfmt(line: string): Record<string, string> {
  const pairs = Object.create(null) as Record<string, string>; // keys may be named as members of objects are
  let at = 0;
  while (at < line.length) {
    const equals = line.indexOf('=', at);
    const key = line.slice(at, equals);
    if (equals <= at || /[\s"=]/.test(key)) throw new Error(`no key at ${at}: ${line.slice(at, at + 40)}`);
    if (key in pairs) throw new Error(`a key twice: ${key}`);
    at = equals + 1;
    let value: string;
    if (line[at] === '"') {
      let end = at + 1;
      while (line[end] !== '"') {
        if (end >= line.length) throw new Error(`no closing quote: ${line.slice(at, at + 40)}`);
        end += line[end] === '\\' ? 2 : 1;
      }
      value = JSON.parse(line.slice(at, end + 1));
      at = end + 1;
    } else {
      const space = line.indexOf(' ', at);
      const end = space === -1 ? line.length : space;
      value = line.slice(at, end);
      if (value === '' || value.includes('"')) throw new Error(`no value of ${key}`);
      at = end;
    }
    pairs[key] = value;
    if (at < line.length && line[at] !== ' ') throw new Error(`no space at ${at}`);
    at++;
  }
  return pairs;
}
