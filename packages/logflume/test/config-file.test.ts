import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createDevBackend } from '@logflume/dev-backend';
import { afterAll, describe, expect, it } from 'vitest';
import { runFixture, startFixture } from './exit/run-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'flume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const writeFile = (name: string) => (text: string) => write(name, text);

/** A folder in which `name` leads through the link `..data` to the version that holds. */
function writeConfigMap(map: string, name: string) {
  const inMap = (...names: string[]) => join(folder, map, ...names);
  let version = 0;
  return (text: string): string => {
    const folderName = `..${++version}`;
    mkdirSync(inMap(folderName), { recursive: true });
    writeFileSync(inMap(folderName, name), text);
    symlinkSync(folderName, inMap('..data_tmp'));
    renameSync(inMap('..data_tmp'), inMap('..data'));
    if (version === 1) symlinkSync(join('..data', name), inMap(name));
    return inMap(name);
  };
}

describe('a program with nothing set in code', () => {
  it.each([
    ['YAML', 'a.yaml', 'level: debug\nendpoints: [ "${BACKEND}" ]\nattributes: { team: checkout }\n', 'yaml loaded'],
    [
      'JSON',
      'a.json',
      '{"level":"debug","endpoints":["${BACKEND}"],"attributes":{"team":"checkout"}}',
      'yaml not loaded',
    ],
  ])('is configured by a file of %s', async (_, name, text, said) => {
    await using backend = await createDevBackend();
    const env = { LOGFLUME_CONFIG: write(name, text), BACKEND: backend.url };
    const { code, stderr } = await runFixture('config-file', { env });
    expect([code, stderr]).toEqual([0, `${said}\n`]);
    expect(backend.records()).toMatchObject([{ severityText: 'DEBUG', attributes: { team: 'checkout' } }]);
  });

  it('runs on without a file that is wrong, and says why in one line', async () => {
    const path = write('b.yaml', 'name: shop\nlevle: debug\n');
    const { code, stderr, stdout } = await runFixture('config-file', {
      env: { LOGFLUME_CONFIG: path, LOG_LEVEL: 'debug' },
    });
    expect(code).toBe(0);
    expect(stderr).toBe(
      `logflume: LOGFLUME_CONFIG: ${path}:2: "levle" is not an option of logflume; did you mean "level"?; the whole file is ignored\nyaml loaded\n`,
    );
    expect(stdout).toContain('from the file');
  });
});

describe('a program that runs', () => {
  it('takes other levels from a changed file, keeps what it has for a wrong one, and asks at SIGHUP', async () => {
    const path = write('c.yaml', 'level: info\nconsole: false\nendpoints: [ "http://127.0.0.1:9" ]\n');
    await using program = startFixture('reload', { env: { LOGFLUME_CONFIG: relative('', path) } });
    await program.says('ready info info');
    const good = 'level: warn,db=debug\nconsole: false\nendpoints: [ "http://127.0.0.1:9" ]\n';
    write('c.yaml', good);
    await program.says(`fileReloaded warn debug ${path} was read anew: level changed`);
    write('c.yaml', `${good}levle: x\n`);
    await program.says('fileNotReloaded warn debug LOGFLUME_CONFIG: ');
    write('c.yaml', good.replace('debug', 'trace'));
    await program.says('fileReloaded warn trace ');
    rmSync(path);
    program.child.kill('SIGHUP');
    await program.says('it cannot be read (ENOENT); the configuration before stays in force');
    program.child.kill('SIGUSR2');
    await program.says('closed 0');
    expect(await program.ended()).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([['alone'], ['beside a console']])('sends to other endpoints when the file names others: %s', async (how) => {
    await using first = await createDevBackend();
    await using second = await createDevBackend();
    const file = (url: string) => `endpoints: [ "${url}" ]\nconsole: ${how === 'alone' ? 'false' : 'json'}\n`;
    // Once as an editor does it, once as the kubelet updates the folder of a ConfigMap.
    const change = how === 'alone' ? writeFile('d.yaml') : writeConfigMap('d', 'd.yaml');
    const path = change(file(first.url));
    await using program = startFixture('reload', { args: ['log'], env: { LOGFLUME_CONFIG: path } });
    await program.says('ready');
    change(file(second.url));
    await program.says(`${path} was read anew: endpoints changed`);
    expect(await second.waitFor(1)).toMatchObject([{ body: 'after the change' }]);
    expect(first.records()).toEqual([]);
    program.child.kill('SIGUSR2');
    await program.says('closed 0');
    expect((await program.ended()).code).toBe(0);
  });

  it('follows other rules between its destinations, and other endpoints of one', async () => {
    await using a = await createDevBackend();
    await using other = await createDevBackend();
    await using b = await createDevBackend();
    const file = (to: string, url = a.url) =>
      JSON.stringify({
        destinations: [
          { name: 'a', endpoints: [url] },
          { name: 'b', endpoints: [b.url] },
        ],
        route: [{ to, level: 'error' }],
      });
    const path = write('e.json', file('a'));
    await using program = startFixture('reload', { args: ['log'], env: { LOGFLUME_CONFIG: path } });
    await program.says('ready');
    write('e.json', file('b'));
    await program.says(`${path} was read anew: route changed`);
    expect(await a.waitFor(1)).toMatchObject([{ body: 'after the change' }]);
    // What cannot be put in force leads to nothing, also after a further change.
    const third = ({ destinations, ...rest }: { destinations: object[] }) =>
      JSON.stringify({ ...rest, destinations: [{ name: 'c', endpoints: [b.url] }, ...destinations] });
    write('e.json', third(JSON.parse(file('b'))));
    await program.says(`${path} was read anew: destinations will change with the next start`);
    write('e.json', third({ level: 'debug', ...JSON.parse(file('b', b.url)) }));
    await program.says(`${path} was read anew: level changed; destinations will change with the next start`);
    write('e.json', file('b', other.url));
    await program.says(`${path} was read anew: destinations, level changed`);
    await other.waitFor(1);
    program.child.kill('SIGUSR2');
    await program.says('closed 0');
    expect(b.records()).toEqual([]);
    expect(a.records().length + other.records().length).toBe(4);
  });
});
