import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { type BodyWatcher, watchRequest, watchResponse } from './watch-bodies.ts';

/** Notes what it hears. */
function watcher(heard: string[], name: string): BodyWatcher {
  return {
    beforePush: (chunk) => void heard.push(`${name} push ${chunk}`),
    inContext: (run) => run(),
    beforeWrite: (chunk) => void heard.push(`${name} write ${chunk}`),
    beforeEnd: (chunk) => void heard.push(`${name} end ${chunk}`),
    afterEnd: (hasEnded) => void heard.push(`${name} ${hasEnded ? 'ended' : 'threw'}`),
  };
}

/** A response that notes what it is made to do. */
class NotingResponse extends ServerResponse {
  readonly done: string[];

  constructor(done: string[]) {
    super(new IncomingMessage(new Socket()));
    this.done = done;
  }

  override write(chunk: unknown): boolean {
    this.done.push(`wrote ${chunk}`);
    return true;
  }

  override end(chunk?: unknown): this {
    if (chunk === 7) throw new TypeError('no text');
    this.done.push(`ended ${chunk}`);
    return this;
  }
}

it('passes on to what stood there, in the order of those that watch, and to whoever came in between', () => {
  const heard: string[] = [];
  const response = new NotingResponse(heard);
  watchResponse(response, watcher(heard, 'first'));
  const { write } = response;
  response.write = (chunk: unknown) => {
    heard.push('between');
    return Reflect.apply(write, response, [chunk]);
  };
  watchResponse(response, watcher(heard, 'second'));
  response.write('a');
  expect(heard.splice(0)).toEqual(['second write a', 'between', 'first write a', 'wrote a']);
  response.end('b');
  expect(heard).toEqual(['second end b', 'first end b', 'ended b', 'first ended', 'second ended']);
});

it('says that an end is over also when it threw', () => {
  const heard: string[] = [];
  const response = new NotingResponse([]);
  watchResponse(response, watcher(heard, 'first'));
  expect(() => response.end(7)).toThrow('no text');
  expect(heard).toEqual(['first end 7', 'first threw']);
});

it('does what another object would have done when its functions are copied to that', () => {
  const [heard, done]: [string[], string[]] = [[], []];
  const watched = new NotingResponse([]);
  const other = new NotingResponse(done);
  watchResponse(watched, watcher(heard, 'first'));
  other.write = watched.write;
  other.end = watched.end;
  other.write('a');
  other.end('b');
  expect(done).toEqual(['wrote a', 'ended b']);
  expect(heard).toEqual([]);
});

it('hears of what is pushed, as often as it is watched, and hands on what `push` says', () => {
  const heard: string[] = [];
  const request = new IncomingMessage(new Socket());
  watchRequest(request, watcher(heard, 'first'));
  watchRequest(request, watcher(heard, 'second'));
  expect(request.push('a')).toBe(true);
  expect(request.push(null)).toBe(false);
  expect(heard).toEqual(['second push a', 'first push a', 'second push null', 'first push null']);
  expect(String(request.read())).toBe('a');
});
