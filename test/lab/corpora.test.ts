// The ready corpora: the same for the same seed, and with the regularities in them that a model is to discover.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { corpusText } from '../../src/engine/lab/corpusText';
import { readGrammar } from '../../src/engine/lab/grammar';
import { grammarNames, type GrammarName } from '../../src/protocol/labForms';
import { nodeLabFiles } from '../../src/worker/nodeLabFiles';
import { rejectsWith } from '../support/failing';

const characters = 40_000;
const builtin = 'media/models/builtin';
const files = nodeLabFiles({ builtin, tiny: 'media/models/tiny', corpora: 'media/corpora' });

function textOf(grammar: GrammarName, seed = 1): Promise<string> {
  return corpusText(files, { kind: 'grammar', grammar, seed, characters });
}

/** Every match of an expression; there must be many for the regularity to be learned. */
function all(text: string, expression: RegExp): RegExpExecArray[] {
  const found = [...text.matchAll(expression)];
  assert.ok(found.length > 20, `${expression.source} is found ${found.length} times`);
  return found;
}

describe('The ready corpora', () => {
  for (const name of grammarNames) {
    it(`are the same for a seed, other for another, and as long as was asked: ${name}`, async () => {
      const text = await textOf(name);
      assert.equal(text.length, characters);
      assert.equal(await textOf(name), text);
      assert.notEqual(await textOf(name, 2), text);
      assert.ok(!/[<>]\w*[:=]?\w*>/.test(text.replaceAll('=>', '')), 'every rule was written out');
      // Lines differ: it is no sentence over and over.
      const lines = new Set(text.split('\n'));
      assert.ok(lines.size > 100, `${lines.size} lines differ`);
    });
  }

  it('let English verbs agree with their nouns over a distance, and names and things come again', async () => {
    const text = await textOf('english');
    const nearby = /^The (\w+) (?:near|behind) the \w+ (\w+)\.$/gm;
    for (const [sentence, noun = '', verb = ''] of all(text, nearby)) {
      const isMany = noun.endsWith('s') || noun === 'children';
      assert.notEqual(isMany, verb.endsWith('s'), sentence);
    }
    const owns =
      /^(\w+) has a (\w+)\. (?:She|He) likes (?:her|his) (\w+)\. (\w+) keeps the (\w+)\.$/gm;
    for (const [, who, thing, again, sheOrHe, last] of all(text, owns)) {
      assert.deepEqual([sheOrHe, again, last], [who, thing, thing]);
    }
    for (const [, said, answer] of all(text, /says "([^"]*)" and \w+ answers "([^"]*)"/g)) {
      assert.equal(answer, said);
    }
  });

  it('let Japanese endings agree with their time, counters with what is counted, quotations come again', async () => {
    const text = await textOf('japanese');
    for (const [sentence, time = '', end = ''] of all(
      text,
      /(昨日|先週|明日|来週)、[^。]*?(ました|ます)。/g,
    )) {
      assert.equal(end === 'ました', ['昨日', '先週'].includes(time), sentence);
    }
    const counters = { 匹: /猫|犬/, 冊: /本|ノート/, 人: /学生|先生/, 枚: /紙|切手/ };
    for (const [counter, animals] of Object.entries(counters)) {
      const counted = new RegExp(`^(.+)が[三四五六]${counter}(?:います|あります)。$`, 'gm');
      for (const [sentence, what = ''] of all(text, counted)) assert.match(what, animals, sentence);
    }
    for (const [, said, again] of all(text, /「([^」]*)」と言いました。.+も「([^」]*)」/g)) {
      assert.equal(again, said);
    }
  });

  it('let brackets of code close in order, names be made before they are used, lists be as long as is said', async () => {
    const text = await textOf('code');
    for (const [, name, printed] of all(text, /^const (\w+): \w+ = .*;\nprint\((\w+)\);$/gm)) {
      assert.equal(printed, name);
    }
    for (const [, list = '', length] of all(
      text,
      /= (\[.*\]);\nprint\(\w+\.length\); \/\/ (\d)/g,
    )) {
      assert.equal(list.split(',').length, Number(length));
    }
    const nested = all(text, /^print\(.*[([].*\);$/gm);
    for (const [line] of nested) assert.equal(openBrackets(line), '', line);
  });

  it('are refused when their grammar is none, with the place', async () => {
    const good = JSON.parse(readFileSync('media/corpora/english.json', 'utf8')) as object;
    for (const [broken, why] of [
      [{ ...good, rules: 'none' }, 'rules'],
      [{ start: 'a', rules: { a: ['<nowhere>'] } }, 'rules.a'],
      [{ start: 'a', rules: { a: [] } }, 'rules.a'],
    ] as const) {
      const reading = new Promise((resolve) => {
        resolve(readGrammar(broken, 'mine.json'));
      });
      const details = await rejectsWith('json-malformed', reading);
      assert.equal((details as { why: string }).why, why);
    }
  });
});

/** Brackets that are left open at the end; what closes another than the last one stays too. */
function openBrackets(line: string): string {
  let open = '';
  for (const sign of line.replaceAll(/[^()[\]]/g, '')) {
    const pair = open.slice(-1) + sign;
    open = pair === '()' || pair === '[]' ? open.slice(0, -1) : open + sign;
  }
  return open;
}
