import { describe, expect, it } from 'vitest';
import type { AccessLogOptions } from '../src/index.ts';
import { accessLog, type NextAccessLog } from '../src/next.ts';
import { NextRoute, type RouteFile } from './hosts/next-route.ts';
import { Rig } from './sample.ts';

async function start(): Promise<{ readonly rig: Rig; readonly access: NextAccessLog }> {
  const made: NextAccessLog[] = [];
  const rig = await Rig.start({
    async start(_sample, given) {
      made.push(accessLog(given as AccessLogOptions<Request>));
      return { url: 'http://shop.example', close: async () => undefined };
    },
  });
  return { rig, access: made[0] as NextAccessLog };
}

const about = { route: '/api/items/:id' };
const find = async (_request: Request, { params }: { readonly params: Promise<object> }): Promise<Response> =>
  Response.json(await params);

describe('a wrapped route handler whose answers Next keeps', () => {
  it.each<[string, Omit<RouteFile, 'GET'>, number]>([
    ['revalidate', { revalidate: 60 }, 60],
    ["dynamic = 'error'", { dynamic: 'error', revalidate: 60 }, 60],
    ["dynamic = 'force-static'", { dynamic: 'force-static', revalidate: 60 }, 60],
  ])('is kept as if it were not wrapped, without an id: %s', async (kind, config, seconds) => {
    const { rig, access } = await start();
    await using _rig = rig;
    const route = new NextRoute({ GET: access.wrap(find, about), ...config });
    const { response, revalidate } = await route.prerender('/api/items/2');
    expect([response.status, await response.json(), revalidate]).toEqual([200, { id: '2' }, seconds]);
    expect(response.headers.get('x-request-id')).toBeNull();
    await rig.logger.flush();
    expect(rig.backend.records()).toEqual([]); // There was no request: Next made an answer for those to come.
    const answer = await route.handle('/api/items/2');
    expect(await answer.json()).toEqual({ id: '2' });
    // What Next puts in the place of such a request lets nobody read its method there, and it is served without a record.
    if (kind === "dynamic = 'force-static'" && Number(process.versions.node.split('.')[0]) >= 22) return;
    expect(answer.headers.get('x-request-id')).not.toBeNull();
    expect((await rig.access()).body).toBe('GET /api/items/2 200');
  });

  it('is kept where components are cached', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const route = new NextRoute({ GET: access.wrap(find, about) }, { cacheComponents: true });
    const { response } = await route.prerender('/api/items/2');
    expect([await response.json(), response.headers.get('x-request-id')]).toEqual([{ id: '2' }, null]);
  });

  it('has a record of the error if it reads the request then, which is one for those who ask', async () => {
    const { rig, access } = await start();
    await using _ = rig;
    const GET = access.wrap((request: Request) => new Response(request.headers.get('accept')), about);
    const refused = await new NextRoute({ GET, revalidate: 60 }).prerender('/api/items/2').catch((error) => error);
    expect(refused).toMatchObject({ digest: 'DYNAMIC_SERVER_USAGE' });
    const from = {
      routerKind: 'App Router',
      routePath: '/api/items/[id]',
      routeType: 'route',
      revalidateReason: 'stale',
    };
    access.onRequestError(refused, { path: '/api/items/2', method: 'GET', headers: {} }, from);
    await rig.logger.flush();
    expect(rig.backend.records()).toEqual([
      expect.objectContaining({
        severityText: 'ERROR',
        attributes: expect.objectContaining({
          'nextjs.revalidate_reason': 'stale',
          'nextjs.error_digest': 'DYNAMIC_SERVER_USAGE',
        }),
      }),
    ]);
  });
});

it('hands on what a route handler answers that is no response, of which Next says so', async () => {
  const { rig, access } = await start();
  await using _ = rig;
  const GET = access.wrap((async () => undefined) as never, about);
  const failure = await new NextRoute({ GET }).handle('/api/items/2').catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('No response is returned from route handler') });
  expect(await rig.access()).toMatchObject({
    severityText: 'ERROR',
    attributes: { 'http.response.status_code': 500, 'http.route': '/api/items/:id' },
  });
});
