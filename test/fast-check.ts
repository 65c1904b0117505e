import fc from 'fast-check';

/**
 * Every property test starts from one seed, so that a change is judged by what it changed and not by luck. `FC_SEED=random`
 * looks further; `FC_SEED=<number>` repeats what it found. What a random run found becomes a case of its own.
 */
const given = process.env['FC_SEED'];
const seed = given === 'random' ? Date.now() | 0 : Number(given ?? 4318);
fc.configureGlobal({ seed });

export * from 'fast-check';
export default fc;
