/** Kinds of secrets that can be told by their looks. */
export type SecretShape =
  | 'jwt'
  | 'bearer'
  | 'basic'
  | 'aws'
  | 'gcp'
  | 'github'
  | 'slack'
  | 'stripe'
  | 'privateKey'
  | 'urlPassword'
  | 'creditCard';

/** Puts a replacement where a text looks like a secret; answers the text itself where it does not. */
export type ReplaceSecrets = (text: string, replacement: string) => string;

/**
 * How each kind is found. Every search takes time in proportion to the text, however it was made: repeated parts are
 * bounded, or nothing before them can begin twice. What is around a secret stays.
 */
export const secretShapes: Readonly<Record<SecretShape, ReplaceSecrets>> = Object.freeze({
  jwt: replaceTokens,
  bearer: (text, by) => text.replace(/(bearer[ \t]{1,8})[\w.~+/-]{8,}={0,2}/gi, (_, before) => `${before}${by}`),
  basic: replaceBasic,
  aws: (text, by) =>
    text
      .replace(/(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[A-Z2-7]{16}/g, () => by)
      .replace(
        /((?:aws[^\n]{0,24}?secret|secret[-_]?access[-_]?key)[^\n]{0,24}?[=:"'\s])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/gi,
        (_, before) => `${before}${by}`,
      ),
  gcp: (text, by) => text.replace(/AIza[\w-]{35}|ya29\.[\w-]{20,}/g, () => by),
  github: (text, by) => text.replace(/gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}/g, () => by),
  slack: (text, by) => text.replace(/xox[a-z]-[\w-]{10,}/g, () => by),
  stripe: (text, by) => text.replace(/[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g, () => by),
  privateKey: (text, by) =>
    text.replace(
      /-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,24}PRIVATE KEY-----|$)/g,
      () => by,
    ),
  urlPassword: replacePasswords,
  creditCard: replaceCards,
});

/** Names of values that are a secret of a kind and do not look like one without their name. */
export const secretNames: Readonly<Partial<Record<SecretShape, RegExp>>> = Object.freeze({
  aws: /(?:^|[^a-z])aws[-_.]?secret(?:[-_.]?key)?$|secret[-_.]?access[-_.]?key$/i,
});

/** What a text holds that may hold a secret of a kind: one search for all of them tells most texts apart. */
const HINTS: Readonly<Record<SecretShape, string>> = {
  jwt: 'eyJ',
  bearer: 'bearer',
  basic: 'basic',
  aws: 'A[KSBCGIR][A-Z]A|aws|secret[-_]?access',
  gcp: 'AIza|ya29',
  github: 'gh[pousr]_|github_pat_',
  slack: 'xox',
  stripe: 'k_live_|k_test_',
  privateKey: '-----BEGIN',
  urlPassword: '://',
  creditCard: '\\d{4}',
};

/** Makes the question whether a text may hold a secret of some kinds. Never wrong about one that does. */
export function createHint(shapes: readonly SecretShape[]): (text: string) => boolean {
  const hint = new RegExp(shapes.map((shape) => HINTS[shape]).join('|'), 'i');
  return (text) => hint.test(text);
}

/** Every {@link SecretShape}. */
export const secretShapeNames: readonly SecretShape[] = Object.freeze(
  Object.keys(secretShapes) as SecretShape[], // the keys of the record above
);

/**
 * A JSON Web Token is base64url of `{"…`, then a dot. Looked for inside words, each of which is read once; one without
 * its last part, cut off somewhere, counts too.
 */
function replaceTokens(text: string, by: string): string {
  return text.replace(/[\w.-]{20,}/g, (word) => {
    const start = word.indexOf('eyJ');
    return start === -1 || word.length - start < 20 || word.indexOf('.', start) === -1
      ? word
      : word.slice(0, start) + by;
  });
}

/** Credentials of HTTP Basic: base64 of a name, a colon and a password. The word before them may mean nothing. */
function replaceBasic(text: string, by: string): string {
  return text.replace(
    /(basic[ \t]{1,8})([A-Za-z0-9+/]{4,}={0,2})/gi,
    (whole: string, before: string, base64: string) =>
      Buffer.from(base64, 'base64').toString('latin1').includes(':') ? `${before}${by}` : whole,
  );
}

/** Where a URL ends in a text, also in one of JSON. */
const URL_END = /\s|"(?=[,:}\]]|$)/;

/** Each `://` begins a part, which is read once. */
function replacePasswords(text: string, by: string): string {
  const [before, ...parts] = text.split('://');
  return [before, ...parts.map((part) => replacePassword(part, by))].join('://');
}

/**
 * Of `user:password@host/path`, people write the user as an address, and passwords with `@`, `/` and the like as they
 * are: so a password ends at the last `@` there is. A port is none, nor is what follows `git@host:`.
 */
function replacePassword(part: string, by: string): string {
  const end = part.search(URL_END);
  const url = end === -1 ? part : part.slice(0, end);
  const start = url.indexOf(':') + 1;
  const user = url.slice(0, start);
  if (start === 0 || /[/?#[]/.test(user)) return part;
  const rest = url.slice(start);
  const isPort = user !== ':' && /^\d{1,5}(?:[/?#]|$)/.test(rest);
  const length = (user.includes('@') ? (rest.split(/[/?#]/, 1)[0] ?? '') : rest).lastIndexOf('@');
  return isPort || length < 1 ? part : user + by + part.slice(start + length);
}

/** Digits as cards are printed: in one, in fours, or in four, six and the rest. */
const CARD = /(?<!\d)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?!\d)/g;

/** How the numbers of the large networks begin; without it every tenth long number would pass for a card. */
const ISSUER = /^(?:4|5[1-5]|2(?:2[2-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[689])|35|6(?:011|4[4-9]|5)|62)/;

function replaceCards(text: string, by: string): string {
  let kept = '';
  let from = 0;
  const search = new RegExp(CARD);
  for (let found = search.exec(text); found !== null; found = search.exec(text)) {
    if (isCardNumber(found[0].replaceAll(/[ -]/g, ''))) {
      kept += text.slice(from, found.index) + by;
      from = found.index + found[0].length;
    } else search.lastIndex = found.index + 1; // A card may begin with the next group of digits.
  }
  return from === 0 ? text : kept + text.slice(from);
}

/** Whether digits are a card number: an issuer's beginning and a right check digit. */
function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || !ISSUER.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
