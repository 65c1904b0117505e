/** Writes a host, or a pattern of hosts, as calls name theirs: in lower case, an address of IPv6 without brackets. Pure. */
export function toHostPattern(given: string): string {
  return given.toLowerCase().replace(/^\[([^\]]*)\]/, '$1');
}
