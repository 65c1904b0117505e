/** axios in one file, which its package exports without types. */
declare module 'axios/dist/node/axios.cjs' {
  const axios: import('axios').AxiosStatic;

  // biome-ignore lint/style/noDefaultExport: what axios exports.
  export default axios;
}
