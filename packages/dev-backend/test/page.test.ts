import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createDevBackend, type DevBackend } from '../src/index.ts';
import { pageScript } from '../src/page/page-script.ts';
import { baseRecord, send, toJsonRequest } from './send-logs.ts';

/** As much of a document element as the script of the page uses. It knows no markup: text is text. */
class FakeElement {
  readonly tag: string;
  readonly listeners = new Map<string, (event: object) => unknown>();
  className = '';
  ownText = '';
  value = '';
  checked = false;
  hidden = false;
  open = false;
  children: FakeElement[] = [];

  constructor(tag: string) {
    this.tag = tag;
  }

  get textContent(): string {
    return this.ownText + this.children.map((child) => child.textContent).join(' ');
  }

  set textContent(text: string) {
    this.ownText = text;
  }

  get lastElementChild(): { remove: () => void } {
    return { remove: () => void this.children.pop() };
  }

  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }

  prepend(child: FakeElement): void {
    this.children.unshift(child);
  }

  replaceChildren(...children: FakeElement[]): void {
    this.children = children;
  }

  addEventListener(name: string, listener: (event: object) => unknown): void {
    this.listeners.set(name, listener);
  }
}

interface OpenPage {
  byId(id: string): FakeElement;
  /** Runs the refresh that the page has put on its timer, to its end. */
  tick(): Promise<void>;
}

/** Runs the script against a backend, with a clock in the hands of the test. */
async function openPage(backend: DevBackend): Promise<OpenPage> {
  const elements = new Map<string, FakeElement>();
  const byId = (id: string): FakeElement => {
    const element = elements.get(id) ?? new FakeElement(id);
    elements.set(id, element);
    return element;
  };
  let next = (): unknown => undefined;
  let scheduled = (): void => undefined;
  const tick = (): Promise<void> =>
    new Promise((resolve) => {
      scheduled = resolve;
      next();
    });
  const setTimeout = (run: () => unknown): void => {
    next = run;
    scheduled();
  };
  const document = { hidden: false, getElementById: byId, createElement: (tag: string) => new FakeElement(tag) };
  const fetchHere = (path: string, options?: RequestInit): Promise<Response> =>
    fetch(`${backend.url}/${path}`, options);
  const loaded = new Promise<void>((resolve) => {
    scheduled = resolve;
  });
  runInNewContext(pageScript, { document, setTimeout, fetch: fetchHere, URLSearchParams });
  await loaded;
  return { byId, tick };
}

const withText = (text: string, more: object = {}) => ({ ...baseRecord, body: { stringValue: text }, ...more });

describe('the page', () => {
  it('loads nothing, and lets only its own style and script run', async () => {
    await using backend = await createDevBackend();
    const { status, headers, text } = await send(backend.url, '', { method: 'GET', path: '/' });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).not.toMatch(/https?:|\ssrc=|<link|@import|url\(/);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    for (const tag of ['style', 'script']) {
      const content = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(content).digest('base64');
      expect(headers['content-security-policy']).toContain(`${tag}-src 'sha256-${hash}'`);
    }
  });

  it('shows records, newest on top, and the counters', async () => {
    await using backend = await createDevBackend();
    await send(
      backend.url,
      toJsonRequest({ records: [withText('first'), withText('<img src=x>', { severityNumber: 17 })] }),
    );
    const page = await openPage(backend);
    const rows = page.byId('rows').children;
    expect(rows.map((row) => row.children[0]?.textContent)).toEqual([
      '20:26:13.000 INFO shop <img src=x>',
      '20:26:13.000 INFO shop first',
    ]);
    expect(rows[0]?.children[0]?.children.map(({ className }) => className)).toEqual([
      'time',
      'error',
      'service',
      'body',
    ]);
    expect(page.byId('stats').textContent).toContain('accepted 2');
    expect(page.byId('empty').hidden).toBe(true);
  });

  it('adds what is new, and shows the whole record when it is opened', async () => {
    await using backend = await createDevBackend();
    const page = await openPage(backend);
    expect(page.byId('empty').hidden).toBe(false);
    await send(backend.url, toJsonRequest({ records: [withText('one')] }));
    await page.tick();
    const [first] = page.byId('rows').children;
    await send(backend.url, toJsonRequest({ records: [withText('two')] }));
    await page.tick();
    expect(page.byId('rows').children).toHaveLength(2);
    expect(page.byId('rows').children[1]).toBe(first);
    if (first === undefined) throw new Error('no row');
    first.open = true;
    first.listeners.get('toggle')?.({});
    expect(JSON.parse(first.children[1]?.textContent ?? '')).toMatchObject({ body: 'one', scope: { name: 'cart' } });
  });

  it('shows in several refreshes what is too long for one answer', async () => {
    await using backend = await createDevBackend();
    const service = 's'.repeat(9_000_000);
    await send(backend.url, toJsonRequest({ service, records: ['a', 'b', 'c'].map((text) => withText(text)) }));
    const page = await openPage(backend);
    expect(page.byId('rows').children).toHaveLength(2);
    await page.tick();
    expect(page.byId('rows').children.map((row) => row.children[0]?.children[3]?.textContent)).toEqual(['c', 'b', 'a']);
  });

  it('filters by text and severity', async () => {
    await using backend = await createDevBackend();
    await send(
      backend.url,
      toJsonRequest({ records: [withText('apple'), withText('apricot', { severityNumber: 17 })] }),
    );
    const page = await openPage(backend);
    page.byId('text').value = 'AP';
    page.byId('severity').value = 'error';
    page.byId('filter').listeners.get('input')?.({ target: page.byId('text') });
    await page.tick();
    expect(page.byId('rows').children.map((row) => row.children[0]?.children[3]?.textContent)).toEqual(['apricot']);
  });

  it('starts over when another backend answers, and says so when none does', async () => {
    await using backend = await createDevBackend();
    await send(backend.url, toJsonRequest({ records: [withText('old'), withText('older')] }));
    const page = await openPage(backend);
    await backend.close();
    await page.tick();
    expect(page.byId('state').textContent).toContain('no answer from the backend');
    await using successor = await createDevBackend({ port: backend.port });
    await send(successor.url, toJsonRequest({ records: [withText('new'), withText('newer'), withText('newest')] }));
    await page.tick();
    expect(page.byId('rows').children.map((row) => row.children[0]?.children[3]?.textContent)).toEqual([
      'newest',
      'newer',
      'new',
    ]);
    expect(page.byId('state').textContent).toBe('');
  });

  it('clears', async () => {
    await using backend = await createDevBackend();
    await send(backend.url, toJsonRequest());
    const page = await openPage(backend);
    await page.byId('clear').listeners.get('click')?.({});
    await page.tick();
    expect(page.byId('rows').children).toEqual([]);
    expect(backend.records()).toEqual([]);
  });
});
