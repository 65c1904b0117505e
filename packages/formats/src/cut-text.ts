/** Ends every text that was shortened. */
const ELLIPSIS = '…';

/** The first `maxUnits` UTF-16 units of a text and an ellipsis, or the text itself; never half a surrogate pair. */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const last = text.charCodeAt(maxUnits - 1);
  const cutsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, cutsPair ? maxUnits - 1 : maxUnits) + ELLIPSIS;
}
