// Model folders on disk: what is there is read exactly, what is not is said clearly.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { rejectsWith } from '../support/failing';

describe('a folder on disk', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokenscope-'));
    await writeFile(
      join(folder, 'weights'),
      Uint8Array.from({ length: 1000 }, (_, n) => n % 251),
    );
    await mkdir(join(folder, 'directory'));
  });
  after(() => rm(folder, { recursive: true }));

  it('that is not there, or is a file, is named', async () => {
    const missing = join(folder, 'nowhere');
    const details = await rejectsWith('folder-not-found', nodeModelFiles(missing));
    assert.deepEqual(details, { folder: missing });
    await rejectsWith('folder-not-found', nodeModelFiles(join(folder, 'weights')));
  });

  it('has files that are read at any offset', async () => {
    const files = await nodeModelFiles(folder);
    const file = await files.open('weights');
    assert.ok(file !== undefined);
    assert.equal(file.size, 1000);
    assert.deepEqual([...(await file.read(249, 4))], [249, 250, 0, 1]);
    assert.deepEqual([...(await file.read(1000, 0))], []);
    const parts = await Promise.all([0, 300, 600].map((offset) => file.read(offset, 2)));
    assert.deepEqual(
      parts.map(([first]) => first),
      [0, 49, 98],
    );
    await file.close();
    await file.close();
    await rejectsWith('file-unreadable', file.read(0, 1));
  });

  it('has no file that is not there', async () => {
    const files = await nodeModelFiles(folder);
    assert.equal(await files.open('config.json'), undefined);
  });

  it('says which file cannot be read, and why', async () => {
    const files = await nodeModelFiles(folder);
    const directory = await files.open('directory');
    assert.ok(directory !== undefined);
    const details = await rejectsWith('file-unreadable', directory.read(0, 1));
    assert.deepEqual(details, { file: join(folder, 'directory'), why: 'EISDIR' });
    await directory.close();
  });

  it('notices a file that became shorter after it was opened', async () => {
    await writeFile(join(folder, 'shrinking'), new Uint8Array(100));
    const files = await nodeModelFiles(folder);
    const file = await files.open('shrinking');
    assert.ok(file !== undefined);
    await truncate(join(folder, 'shrinking'), 10);
    await rejectsWith('file-unreadable', file.read(5, 20));
    await file.close();
  });
});
