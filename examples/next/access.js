import { accessLog } from '@logflume/middleware/next';

// Where to send to is in the environment, LOGFLUME_ENDPOINTS or OTEL_EXPORTER_OTLP_ENDPOINT.
export const access = accessLog({ logger: { name: 'shop' } });
