/** What a token is written in: the script of its letters, or the kind of its signs. */

/** Scripts by their codes of ISO 15924; `Jpan` is Japanese, whose words mix three. */
export type TokenScript = (typeof scripts)[number] | (typeof otherKinds)[number];

/** Kinds of tokens without letters of one script. */
export const otherKinds = [
  /** Letters of several scripts, or of one that is not listed. */
  'mixed',
  'other',
  'digits',
  'space',
  'emoji',
  'signs',
  /** Bytes that are no whole characters. */
  'bytes',
] as const;

const scripts = [
  'Latn',
  'Cyrl',
  'Grek',
  'Hani',
  'Hira',
  'Kana',
  'Jpan',
  'Hang',
  'Arab',
  'Hebr',
  'Deva',
  'Beng',
  'Gujr',
  'Guru',
  'Knda',
  'Mlym',
  'Orya',
  'Sinh',
  'Taml',
  'Telu',
  'Thai',
  'Laoo',
  'Khmr',
  'Mymr',
  'Tibt',
  'Mong',
  'Geor',
  'Armn',
  'Ethi',
  'Bopo',
  'Cans',
  'Cher',
  'Copt',
  'Syrc',
  'Thaa',
] as const;

type Script = (typeof scripts)[number];

const classes = scripts
  .filter((script) => script !== 'Jpan')
  .map((script) => ({ script, pattern: new RegExp(`\\p{Script=${script}}`, 'u') }));

/** Asked again and again for the same characters. */
const known = new Map<string, Script | 'other' | undefined>();

/** `text` is undefined for bytes that are no whole characters. */
export function scriptOf(text: string | undefined): TokenScript {
  if (text === undefined) return 'bytes';
  if (/^[a-z]+$/i.test(text.trim())) return 'Latn';
  const found = new Set<Script | 'other'>();
  for (const character of text) {
    const script = scriptOfCharacter(character);
    if (script !== undefined) found.add(script);
  }
  const [first, second] = found;
  if (first === undefined) return kindOfSigns(text);
  if (second === undefined) return first;
  return [...found].every((script) => japanese.has(script)) ? 'Jpan' : 'mixed';
}

const japanese: ReadonlySet<string> = new Set(['Hani', 'Hira', 'Kana']);

/** Undefined for what is no letter, and for marks that go with letters of any script. */
function scriptOfCharacter(character: string): Script | 'other' | undefined {
  if (known.has(character)) return known.get(character);
  const script = findScript(character);
  known.set(character, script);
  return script;
}

function findScript(character: string): Script | 'other' | undefined {
  if (!/[\p{L}\p{M}]/u.test(character)) return undefined;
  if (/[\p{Script=Common}\p{Script=Inherited}]/u.test(character)) return undefined;
  return classes.find(({ pattern }) => pattern.test(character))?.script ?? 'other';
}

function kindOfSigns(text: string): TokenScript {
  if (/^\p{White_Space}+$/u.test(text)) return 'space';
  if (/\p{N}/u.test(text)) return 'digits';
  return /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}/u.test(text)
    ? 'emoji'
    : 'signs';
}
