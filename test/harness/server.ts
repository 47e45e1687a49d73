// Starts VS Code's own server on a free port, in a folder of its own that stop() removes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedExtensions } from './installedExtensions';
import { installVsCode } from './installVsCode';
import { outerEnvironment } from './processes';

export interface ServerOptions {
  /** A folder that is copied and opened, so that a test never writes into it. */
  readonly workspace: string;
  /** A packaged extension that is installed. */
  readonly vsix?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export class Server {
  /** Starts and waits until the workbench is served; throws with the server's log when it ends instead. */
  static async start(options: ServerOptions): Promise<Server> {
    const program = join(await installVsCode(), 'out/server-main.js');
    // Short, because unix socket names inside it end at 107 characters.
    const folder = mkdtempSync(join(tmpdir(), 'tsc-'));
    prepare(folder, options);
    const server = new Server(folder);
    try {
      if (options.vsix !== undefined) {
        const installed = await installedExtensions(options.vsix);
        cpSync(installed, join(folder, 'extensions'), { recursive: true });
      }
      server.#child = server.#spawn(program, server.#arguments(), options);
      await server.#answers(server.#child);
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return server;
  }

  #child: ChildProcess | undefined;

  #port = Number.NaN;

  private constructor(readonly folder: string) {}

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get workspace(): string {
    return join(this.folder, 'work');
  }

  /** The process id, for measurements. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The name by which the workbench in the browser calls a file on this machine. */
  uri(path: string): string {
    return `vscode-remote://127.0.0.1:${this.#port}${path}`;
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await kill(this.#child);
    // What was killed may still be closing its files.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #folders(): string[] {
    return [
      '--accept-server-license-terms',
      '--server-data-dir',
      join(this.folder, 'server'),
      '--user-data-dir',
      join(this.folder, 'user'),
      '--extensions-dir',
      join(this.folder, 'extensions'),
    ];
  }

  #arguments(): string[] {
    const place = [
      '--host',
      '127.0.0.1',
      // The system chooses one: two servers that start at the same time never take the same.
      '--port',
      '0',
      '--without-connection-token',
    ];
    return [...this.#folders(), ...place, '--telemetry-level', 'off'];
  }

  #spawn(program: string, args: readonly string[], options: ServerOptions): ChildProcess {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const own = { TMPDIR: join(this.folder, 't'), XDG_RUNTIME_DIR: join(this.folder, 't') };
    return spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', log, log],
      env: { ...outerEnvironment(), ...own, ...options.env },
      // A group of its own, so that the extension host ends with it.
      detached: true,
    });
  }

  /** Waits until the server serves pages, and learns where: it writes that into its log. */
  async #answers(child: ChildProcess): Promise<void> {
    const giveUp = Date.now() + 60_000;
    while (Date.now() < giveUp && child.exitCode === null) {
      this.#port = Number(/Server bound to [^ ]+:(\d+) /.exec(this.#log())?.[1]);
      const answer = Number.isNaN(this.#port)
        ? undefined
        : await fetch(this.address, { redirect: 'manual' }).catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return;
      await sleep(50);
    }
    throw new Error(`VS Code's server does not answer\n${this.#log()}`);
  }

  #log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }
}

function prepare(folder: string, options: ServerOptions): void {
  for (const name of ['user/User', 'extensions', 'server']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  mkdirSync(join(folder, 't'), { mode: 0o700 });
  cpSync(options.workspace, join(folder, 'work'), { recursive: true });
  const settings = { ...quietSettings, ...options.settings };
  writeFileSync(join(folder, 'user/User/settings.json'), JSON.stringify(settings, undefined, 2));
  writeLanguagePack(folder);
}

/**
 * A language pack without a single translation: it makes VS Code speak to extensions as if it were Japanese
 * for a browser that asks for Japanese, which is all that the test of our own translation needs.
 */
function writeLanguagePack(folder: string): void {
  const translations = join(folder, 'japanese.json');
  writeFileSync(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: 'tokenscope',
    label: '日本語',
    extensions: [{ extensionIdentifier: { id: 'tokenscope.japanese' }, version: '1.0.0' }],
    translations: { vscode: translations },
  };
  writeFileSync(join(folder, 'user/languagepacks.json'), JSON.stringify({ ja: pack }));
  // Without this file the server answers in English whatever the browser asks for.
  writeFileSync(join(folder, 'user/User/argv.json'), '{}');
}

/** Settings that keep VS Code from doing anything on its own in the middle of a test. */
const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.minimap.enabled': false,
  // An open suggest widget hides ghost text.
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.wordBasedSuggestions': 'off',
};

/** Ends a process and its group at once, and waits until it has ended. */
async function kill(child: ChildProcess): Promise<void> {
  const isRunning = child.exitCode === null && child.signalCode === null;
  const ended = isRunning ? once(child, 'exit') : undefined;
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended already, which is what was wanted.
  }
  await ended;
}
