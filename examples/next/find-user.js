import { addToEvent } from 'logflume';

/**
 * Knows of no request; what it adds stands on the record of the request all the same.
 *
 * @param {string} id
 */
export async function findUser(id) {
  addToEvent({ 'user.id': id });
  await new Promise(setImmediate);
  if (id === '13') throw new RangeError('no such user');
  return { id };
}
