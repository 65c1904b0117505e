import 'next/dist/server/node-environment-baseline.js'; // As Next itself does before everything else of its own.
import { AppRouteRouteModule } from 'next/dist/server/route-modules/app-route/module.js';
import { NextRequest } from 'next/server.js';

type Options = ConstructorParameters<typeof AppRouteRouteModule>[0];
type Context = Parameters<AppRouteRouteModule['handle']>[1];

/** What a file `route.js` exports. */
export interface RouteFile {
  readonly GET: (request: Request, context: { readonly params: Promise<object> }) => unknown;
  readonly revalidate?: number;
  readonly dynamic?: 'error' | 'force-static';
}

/** An answer, with what Next keeps of it beside. */
export interface Answered {
  readonly response: Response;
  /** Seconds the answer is kept; 0 for what is to be made anew each time. */
  readonly revalidate: number | undefined;
}

/** `app/api/items/[id]/route.js`, called by what Next itself calls route handlers with when it serves. */
export class NextRoute {
  readonly #module: AppRouteRouteModule;
  readonly #cacheComponents: boolean;

  constructor(file: RouteFile, { cacheComponents = false }: { readonly cacheComponents?: boolean } = {}) {
    this.#cacheComponents = cacheComponents;
    this.#module = new AppRouteRouteModule({
      userland: () => file,
      definition: { kind: 'APP_ROUTE', page: '/api/items/[id]/route', pathname: '/api/items/[id]' },
      distDir: '.next',
      relativeProjectDir: '',
      resolvedPagePath: 'app/api/items/[id]/route.js',
      nextConfigOutput: undefined,
    } as unknown as Options);
  }

  /** As for each request of a dynamic route. */
  async handle(path: string, init?: RequestInit): Promise<Response> {
    return this.#module.handle(requestOf(path, init), this.#context());
  }

  /** As for a route whose answers are kept: when there is none yet, or it is too old. */
  async prerender(path: string, init?: RequestInit): Promise<Answered> {
    const context = this.#context();
    const response = await this.#module.prerender(requestOf(path, init), context);
    return { response, revalidate: Reflect.get(context.renderOpts, 'collectedRevalidate') };
  }

  #context(): Context {
    const renderOpts = { experimental: {}, cacheComponents: this.#cacheComponents, onClose: () => undefined };
    return { params: { id: '2' }, renderOpts, sharedContext: { buildId: '1', deploymentId: '' } } as unknown as Context;
  }
}

function requestOf(path: string, init?: RequestInit): NextRequest {
  return new NextRequest(`http://shop.example${path}`, init as ConstructorParameters<typeof NextRequest>[1]);
}
