import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { vsixFile } from '../harness/packageVsix';

const allowed =
  /^extension\/(package\.json|package\.nls(\.ja)?\.json|(readme(\.ja)?|changelog)\.md|LICENSE\.txt|dist\/([\w.-]+\.(js|css|ttf|wasm|ranks)|api\.d\.ts)|media\/(icon\.(png|svg)|[a-z-]+\.svg)|media\/l10n\/[a-z]+\.(en|ja)\.json|media\/corpora\/[a-z]+\.json|media\/models\/(builtin|tiny)\/[\w.]+)$/i;

describe('The packaged extension', () => {
  it('is smaller than 6 MB', () => {
    const { size } = statSync(vsixFile);
    assert.ok(size < 6e6, `it has ${size} bytes`);
  });

  it('holds what runs and what people read, and nothing else', () => {
    const files = namesIn(vsixFile).filter((file) => file.startsWith('extension/'));
    assert.ok(files.length > 15, `only ${files.length} files are in it`);
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
  });
});

/** The names in a zip file's directory, which stands at its end: PKWARE's APPNOTE, 4.3.12 and 4.3.16. */
function namesIn(file: string): string[] {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf('PK\x05\x06');
  assert.ok(end >= 0, 'the file is no zip file');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const nameLength = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}
