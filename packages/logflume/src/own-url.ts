/**
 * Where this package is, for `createRequire`. Imported as `#own-url`: Jest makes CommonJS of our modules, in which
 * `import.meta` is a syntax error, and gets `own-url.cjs` by the condition `require`. Node and bundlers follow `import`.
 */
export const ownUrl: string = import.meta.url;
