/** Version of this package, for `telemetry.sdk.version`. A test holds it against package.json. */
export const sdkVersion: string = '0.1.0';
