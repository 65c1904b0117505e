/** How much a decoder takes in. Bytes alone do not bound its memory: two bytes of protobuf are an attribute of a hundred. */
export interface DecodeLimits {
  /**
   * Most fields of a request, integer ≥ 0: in protobuf each field of each message, in JSON each member and each item.
   * One takes up to 170 bytes of memory while the request is decoded.
   * @defaultValue no limit
   */
  readonly maxFields?: number | undefined;
}
