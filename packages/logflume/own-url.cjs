// What `src/own-url.ts` is to a module, for a test runner that makes CommonJS of ours: no `import.meta` may stand there.
exports.ownUrl = __filename;
