/** Express 4 under a name of its own, beside 5; what the tests use of it is declared alike. */
declare module 'express-4' {
  import express from 'express';
  // biome-ignore lint/style/noDefaultExport: it is how Express exports itself.
  export default express;
}
