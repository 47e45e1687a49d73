// Installs the real VS Code workbench and extension host (code-server) from the npm registry into .cache, once.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { madeOnce } from './madeOnce';
import { npm, unpack, type Archive } from './npmPackages';

/** code-server 4.100.3 is VS Code 1.100.3, our floor, and the last line that runs on Node 20. */
const codeServer: Archive = {
  spec: 'code-server@4.100.3',
  sha512:
    'q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
};
/** ripgrep's own package downloads from GitHub when it is installed; this one holds the program. */
const ripgrep: Archive = {
  spec: '@vscode/ripgrep-linux-x64@1.18.0',
  sha512:
    'mQ3bVrUpnD2vs7QT0vX90Lt0cnUq467uFtEktIdsJJmW296RoSULRGqWgzG1AKxyBpNDD6l4ZO4qKf6SgyC23Q==',
};

/** The folder of VS Code's server; installs it first (about ten seconds, 300 MB) when it is not there. */
export async function installVsCode(): Promise<string> {
  const folder = resolve('.cache/code-server-4.100.3');
  await madeOnce(folder, install);
  return join(folder, 'lib/vscode');
}

async function install(folder: string): Promise<void> {
  const server = join(folder, 'lib/vscode');
  await unpack(codeServer, folder);
  const ci = [
    'ci',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  // Its lock file lacks a peer that nothing uses; npm would refuse it otherwise.
  await npm([...ci, '--legacy-peer-deps'], server);
  await npm(ci, join(server, 'extensions'));
  const modules = join(server, 'node_modules');
  await unpack(ripgrep, join(modules, '@vscode/ripgrep'), ['package/bin/rg']);
  symlinkSync('node_modules', join(server, 'node_modules.asar'));
  for (const [file, text] of Object.entries(standIns)) writeFileSync(join(modules, file), text);
}

/**
 * Plain stand-ins for the two native modules that every extension host loads, so that no compiler is needed.
 * Without the logger, output channels would stay empty.
 */
const standIns = {
  '@vscode/spdlog/index.js': `'use strict';
const fs = require('fs'), path = require('path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(type, name, file) { this.name = name; this.file = file; this.level = 2; this.raw = false; }
  getLevel() { return this.level; } setLevel(level) { this.level = level; }
  clearFormatters() { this.raw = true; } setPattern() {} flush() {} drop() {}
  write(level, message) {
    if (level < this.level) return;
    const head = this.raw ? '' : new Date().toISOString().replace('T', ' ').slice(0, 23) + ' [' + names[level] + '] ';
    try { fs.appendFileSync(this.file, head + message + (this.raw ? '' : '\\n')); } catch {}
  }
  trace(m) { this.write(0, m); } debug(m) { this.write(1, m); } info(m) { this.write(2, m); }
  warn(m) { this.write(3, m); } error(m) { this.write(4, m); } critical(m) { this.write(5, m); }
}
const create = async (name, file) => { fs.mkdirSync(path.dirname(file), { recursive: true }); return new Logger('js', name, file); };
exports.version = 0; exports.setLevel = () => {}; exports.setFlushOn = () => {}; exports.shutdown = () => {};
exports.Logger = Logger; exports.createRotatingLogger = create; exports.createAsyncRotatingLogger = create;
`,
  'native-watchdog/index.js': `'use strict'; exports.start = () => {}; exports.exit = (code) => process.exit(code || 0);\n`,
};
