// @ts-check
/**
 * What every contestant logs: a message of 40 characters, six attributes of which one is an object and one a list, and
 * three that are bound to a child logger. Each record carries its number as `userId`, by which the receiver knows it.
 */

export const message = 'request completed in forty characters ok';

export const bound = Object.freeze({ 'request.id': 'req-7f3a91c2', tenant: 'acme', shard: 7 });

/** @param {number} i */
export const attributesOf = (i) => ({
  userId: i,
  path: '/api/v1/orders',
  status: 200,
  durationMs: ((i * 7919) % 10_000) / 8,
  client: { ip: '10.0.0.7', port: 1024 + ((i * 31) % 60_000) },
  tags: ['eu', 'checkout'],
});

export const failure = new Error('connection refused', { cause: new Error('ECONNREFUSED 127.0.0.1:5432') });

/** As an SQL statement or a payload. */
export const longText = 'SELECT id, total FROM orders WHERE customer = 17 AND state = 2; '.repeat(32);

export const nonAscii = 'Überweisung an Jürgen Köhler — 1.234,50 €';

/**
 * A literal, as an application would write it: an object put together key by key is slower to read for everybody.
 *
 * @param {number} i
 */
export const fiftyOf = (i) => ({
  attribute_0: i,
  attribute_1: 'value 1',
  attribute_2: false,
  attribute_3: i,
  attribute_4: 'value 4',
  attribute_5: true,
  attribute_6: i,
  attribute_7: 'value 7',
  attribute_8: false,
  attribute_9: i,
  attribute_10: 'value 10',
  attribute_11: true,
  attribute_12: i,
  attribute_13: 'value 13',
  attribute_14: false,
  attribute_15: i,
  attribute_16: 'value 16',
  attribute_17: true,
  attribute_18: i,
  attribute_19: 'value 19',
  attribute_20: false,
  attribute_21: i,
  attribute_22: 'value 22',
  attribute_23: true,
  attribute_24: i,
  attribute_25: 'value 25',
  attribute_26: false,
  attribute_27: i,
  attribute_28: 'value 28',
  attribute_29: true,
  attribute_30: i,
  attribute_31: 'value 31',
  attribute_32: false,
  attribute_33: i,
  attribute_34: 'value 34',
  attribute_35: true,
  attribute_36: i,
  attribute_37: 'value 37',
  attribute_38: false,
  attribute_39: i,
  attribute_40: 'value 40',
  attribute_41: true,
  attribute_42: i,
  attribute_43: 'value 43',
  attribute_44: false,
  attribute_45: i,
  attribute_46: 'value 46',
  attribute_47: true,
  attribute_48: i,
  attribute_49: 'value 49',
});
