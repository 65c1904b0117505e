import { access } from './access.js';

/** What pages, actions and unwrapped handlers throw becomes a record. */
export const { onRequestError } = access;
