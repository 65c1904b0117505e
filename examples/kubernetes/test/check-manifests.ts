import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A Kubernetes object as a file holds it. */
export interface Manifest {
  readonly file: string;
  readonly object: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

/**
 * Holds manifests against the OpenAPI of Kubernetes, which `kubernetes-models` has as types: a literal of such a type may
 * have no unknown key, no missing one and no value of another kind, so that the compiler is the strictest of judges.
 *
 * The package also has types of versions that clusters no longer serve; anything but a stable version is refused here.
 *
 * @returns what is wrong, a line each.
 */
export async function checkManifests(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const unstable = manifests.filter(({ object }) => !/^([\w.-]+\/)?v\d+$/.test(String(object['apiVersion'])));
  const refused = unstable.map(({ file, object }) => `${file}-: error: ${String(object['apiVersion'])} is not served`);
  mkdirSync(join(folder, '.turbo'), { recursive: true });
  // Below this folder, so that the package is found; ignored by git.
  const work = mkdtempSync(join(folder, '.turbo', 'check-'));
  try {
    manifests.forEach(({ file, object }, index) => {
      const kind = String(object['kind']);
      const source = [
        `import type { I${kind} } from 'kubernetes-models/${String(object['apiVersion'])}';`,
        `export const manifest: I${kind} = ${JSON.stringify(object, undefined, 2)};`,
      ];
      writeFileSync(join(work, `${file.replace(/\W/g, '-')}-${index}.ts`), `${source.join('\n')}\n`);
    });
    const options = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] };
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    writeFileSync(join(work, 'package.json'), '{"type":"module"}');
    return await new Promise((resolve) => {
      execFile(process.execPath, [compiler, '-p', work, '--pretty', 'false'], (_, stdout) => {
        resolve([...refused, ...stdout.split('\n').filter((line) => line.includes('error'))]);
      });
    });
  } finally {
    rmSync(work, { recursive: true });
  }
}
