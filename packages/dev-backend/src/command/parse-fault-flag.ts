/**
 * Reads one `--fault`: `kind,field=value,…`, or a JSON object. A value that looks like a number is one, except where the
 * rule wants text: there the JSON form says so.
 *
 * @returns what `parseFaults` takes as one rule; whether it is one is not checked here.
 * @throws TypeError if the text has neither form.
 */
export function parseFaultFlag(text: string): unknown {
  return text.startsWith('{') ? parseJson(text) : parseFields(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`--fault must be a rule or JSON, got ${JSON.stringify(text)}`, { cause: error });
  }
}

function parseFields(text: string): unknown {
  const [kind = '', ...fields] = text.split(',');
  const pairs = fields.map((field) => {
    const [name = '', ...value] = field.split('=');
    if (value.length === 0) throw new TypeError(`--fault must be kind,field=value,…, got ${JSON.stringify(text)}`);
    return [name, parseFieldValue(value.join('='))] as const;
  });
  return { kind, ...Object.fromEntries(pairs) };
}

function parseFieldValue(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
