// Runs inside VS Code's extension host, where `vscode` is available to every test; the harness reads the result file.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

export interface HostedResult {
  readonly title: string;
  readonly file: string;
  /** Undefined for a test that passed. */
  readonly error: string | undefined;
  readonly ms: number;
}

/** VS Code calls this function of the file that `extensionTestsPath` names; rejecting fails the run. */
export async function run(): Promise<void> {
  // The first hover in a window waits for every provider there is, TypeScript's too.
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000 });
  // For work on one part: only tests whose title holds it.
  mocha.grep(process.env['TOKENSCOPE_TESTS'] ?? '');
  const wanted = (process.env['TOKENSCOPE_FILES'] ?? '').split(',').filter((name) => name !== '');
  for (const file of readdirSync(__dirname)) {
    const isWanted = wanted.length === 0 || wanted.includes(file);
    if (isWanted && file.endsWith('.test.cjs')) mocha.addFile(join(__dirname, file));
  }
  const results = await runAll(mocha);
  writeFileSync(resultFile(), JSON.stringify(results));
  const failed = results.filter((result) => result.error !== undefined).length;
  if (failed > 0) throw new Error(`${failed} failed`);
}

function runAll(mocha: Mocha): Promise<HostedResult[]> {
  const results: HostedResult[] = [];
  return new Promise((resolve) => {
    mocha
      .run(() => {
        resolve(results);
      })
      .on('pass', (test) => {
        results.push(resultOf(test, undefined));
      })
      .on('fail', (test, thrown: Error) => {
        results.push(resultOf(test, thrown.stack ?? thrown.message));
      });
  });
}

function resultOf(test: Mocha.Test | Mocha.Hook, error: string | undefined): HostedResult {
  return { title: test.fullTitle(), file: test.file ?? '', error, ms: test.duration ?? 0 };
}

function resultFile(): string {
  const file = process.env['TOKENSCOPE_RESULTS'];
  if (file === undefined) throw new Error('TOKENSCOPE_RESULTS names no file');
  return file;
}
