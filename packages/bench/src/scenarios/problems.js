// @ts-check
/**
 * What a sender must not do in any scenario. A record on stderr is not lost: somebody can find it.
 *
 * @param {import('./run-contestant.js').Result} result
 * @returns {string[]} one sentence for each violation; empty when all is well.
 */
export function problemsOf({ account, ledger, shutdownMs, exit, unhandled }) {
  /** @type {[boolean, string][]} */
  const rules = [
    [account.lost > 0, `${account.lost} records are lost`],
    [account.strangers > 0, `${account.strangers} records arrived that were not written like this`],
    [account.duplicatesWithoutId > 0, `${account.duplicatesWithoutId} duplicates do not share a batch id`],
    [exit !== '0', `the process ended with ${exit}`],
    [shutdownMs === undefined, 'the shutdown never ended'],
    [unhandled.length > 0, `errors nobody caught: ${unhandled.join('; ')}`],
  ];
  return [
    ...rules.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence),
    ...(ledger === undefined ? [] : disagreements(ledger, account)),
  ];
}

/**
 * Holds the sender's own ledger against what the receiver and stderr show.
 *
 * @param {import('./sender.js').Ledger} ledger
 * @param {import('./account.js').Account} account
 */
function disagreements({ accepted, delivered, rejected, fallback, dropped, pending }, account) {
  /** @type {[string, number, number][]} */
  const claims = [
    ['accepted', accepted, account.emitted],
    // A record whose reply was lost and which then went to stderr was delivered, and its sender cannot know.
    ['delivered', delivered, account.delivered - account.alsoOnStderr],
    // What the server refused for good is printed too, as a copy.
    ['fallback + rejected', fallback + rejected, account.fallback + account.alsoOnStderr],
    ['dropped', dropped, account.lost],
    ['pending', pending, 0],
  ];
  return claims
    .filter(([, said, seen]) => said !== seen)
    .map(([name, said, seen]) => `its ledger says ${name}: ${said}, seen were ${seen}`);
}
