// Compiled tables of replacements as SentencePiece writes them, made here of what Unicode says.
/** A double-array trie and its texts, as base64. Keys must not hold U+0000. */
export function charsMapOf(replacements: ReadonlyMap<string, string>): string {
  const texts: Buffer[] = [];
  const places = new Map<string, number>();
  let length = 0;
  for (const text of replacements.values()) {
    if (places.has(text)) continue;
    places.set(text, length);
    const bytes = Buffer.from(`${text}\0`);
    texts.push(bytes);
    length += bytes.length;
  }
  const root = node();
  for (const [key, text] of replacements) {
    let at = root;
    for (const byte of Buffer.from(key)) {
      const next = at.next.get(byte) ?? node();
      at.next.set(byte, next);
      at = next;
    }
    at.value = places.get(text);
  }
  const trie = Buffer.from(Uint32Array.from(unitsOf(root)).buffer);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(trie.length);
  return Buffer.concat([size, trie, ...texts]).toString('base64');
}

/** Compatibility composition of single characters and of letters with their marks; controls go, and become spaces. */
export function unicodeCharsMap(): string {
  const replacements = new Map<string, string>();
  for (let point = 1; point < 0x30000; point++) {
    if (point === 0xd800) point = 0xe000;
    const character = String.fromCodePoint(point);
    const changed = character.normalize('NFKC');
    if (changed !== character) replacements.set(character, changed);
    const apart = character.normalize('NFD');
    if (apart !== character && apart.normalize('NFC') === character) {
      replacements.set(apart, changed);
    }
  }
  for (const gone of '\u0001\u0008\u000b\u007f\u200e') replacements.set(gone, '');
  for (const space of '\t\n\r\u200b\ufeff\u3000') replacements.set(space, ' ');
  return charsMapOf(replacements);
}

interface Node {
  readonly next: Map<number, Node>;
  value: number | undefined;
}

function node(): Node {
  return { next: new Map(), value: undefined };
}

/** Places each node's children at the first base at which all of their places are free (Aoe 1989). */
function unitsOf(root: Node): number[] {
  const units = new Map<number, number>();
  const isTaken = new Set([0]);
  let firstFree = 1;
  const waiting = [{ node: root, at: 0, label: 0 }];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    const { at, label } = one;
    const { next, value } = one.node;
    const labels = [...(value === undefined ? [] : [0]), ...next.keys()];
    while (isTaken.has(firstFree)) firstFree++;
    let base = firstFree ^ (labels[0] ?? 0);
    const fits = (): boolean => base > 0 && labels.every((byte) => !isTaken.has(base ^ byte));
    for (let place = firstFree; !fits(); place++) base = place ^ (labels[0] ?? 0);
    for (const byte of labels) isTaken.add(base ^ byte);
    const hasLeaf = value === undefined ? 0 : 1 << 8;
    units.set(at, (((at ^ base) << 10) | hasLeaf | label) >>> 0);
    if (value !== undefined) units.set(base, (value | (1 << 31)) >>> 0);
    for (const [byte, child] of next) waiting.push({ node: child, at: base ^ byte, label: byte });
  }
  const length = [...units.keys()].reduce((most, at) => Math.max(most, at + 1), 0);
  // Whole blocks, as darts-clone writes them: readers look at every place of a block.
  const whole = Math.ceil(length / 256) * 256;
  return Array.from({ length: whole }, (_, at) => units.get(at) ?? 0);
}
