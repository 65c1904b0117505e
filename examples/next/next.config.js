/** One copy of each for all bundles. @type {import('next').NextConfig} */
export default { serverExternalPackages: ['logflume', '@logflume/middleware'] };
