import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import { RandomStream } from '../tensor/random';

/**
 * A language in rules that can be read: every rule is a list of alternatives, one of which is drawn, evenly. In an
 * alternative, `<rule>` is replaced by what the rule makes, `<rule:name>` also gives it a name, and `<=name>` says it
 * again: that is how agreement over a distance and copying are written down. Names hold for one text.
 */
export interface Grammar {
  readonly start: string;
  readonly rules: Readonly<Record<string, readonly string[]>>;
}

/** Throws `json-malformed` for what is no grammar, with the place. */
export function readGrammar(content: unknown, file: string): Grammar {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) {
    const why = v.getDotPath(parsed.issues[0]) ?? '';
    throw fail('json-malformed', { file, why });
  }
  const { rules } = parsed.output;
  for (const [rule, alternatives] of Object.entries(rules)) {
    const named = alternatives.flatMap((text) => [...text.matchAll(place)]);
    const missing = named.find(([, again, name = '']) => again === '' && !(name in rules));
    if (missing !== undefined || alternatives.length === 0) {
      throw fail('json-malformed', { file, why: `rules.${rule}` });
    }
  }
  return parsed.output;
}

/** Texts of a grammar one after another, at least as many characters; the same for the same seed. */
export function* sentences(grammar: Grammar, seed: number, characters: number): Iterable<string> {
  const maker = new Maker(grammar, new RandomStream(seed, grammarStream));
  for (let length = 0; length < characters;) {
    const text = maker.text();
    length += text.length;
    yield text;
  }
}

const schema = v.object({
  start: v.string(),
  rules: v.record(v.string(), v.array(v.string())),
});

/** `<rule>`, `<rule:name>` or `<=name>`. */
const place = /<(=?)(\w+):?(\w*)>/g;
const grammarStream = 2 ** 31 - 1;
/** Beyond this depth the first alternative is taken, which is the one that ends. */
const deepest = 12;

class Maker {
  readonly #grammar: Grammar;
  readonly #random: RandomStream;
  #draws = 0;

  constructor(grammar: Grammar, random: RandomStream) {
    this.#grammar = grammar;
    this.#random = random;
  }

  text(): string {
    return this.#expand(this.#grammar.start, new Map(), 0);
  }

  #expand(rule: string, names: Map<string, string>, depth: number): string {
    const alternatives = this.#grammar.rules[rule] ?? [];
    const drawn = this.#random.below(this.#draws++, alternatives.length);
    const text = alternatives[depth > deepest ? 0 : drawn] ?? '';
    let whole = '';
    let end = 0;
    for (const match of text.matchAll(place)) {
      const [all, again, name, given] = match;
      whole += text.slice(end, match.index);
      end = match.index + all.length;
      const made = again === '' ? this.#expand(name, names, depth + 1) : (names.get(name) ?? '');
      if (given !== '') names.set(given, made);
      whole += made;
    }
    return whole + text.slice(end);
  }
}
