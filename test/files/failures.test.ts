// Every failure has a sentence in both languages, with all its facts filled in.
import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import en from '../../media/l10n/failures.en.json';
import ja from '../../media/l10n/failures.ja.json';
import { describeFailure } from '../../src/protocol/describeFailure';
import type {
  ConfigFault,
  Failure,
  FailureDetails,
  SafetensorsFault,
} from '../../src/protocol/failures';

/** One of each; a failure that is missing here does not compile. */
const details: { readonly [Code in keyof FailureDetails]: FailureDetails[Code] } = {
  cancelled: {},
  'engine-stopped': {},
  'engine-crashed': { why: 'SIGKILL' },
  'no-model': {},
  'out-of-memory': { bytes: 4e9 },
  unexpected: { why: 'odd' },
  'folder-not-found': { folder: '/models/x' },
  'file-missing': { file: 'config.json', folder: '/models/x' },
  'file-unreadable': { file: 'config.json', why: 'EACCES' },
  'file-unwritable': { file: 'out', why: 'ENOSPC' },
  'file-too-large': { file: 'config.json', bytes: 5_200_000, limitBytes: 4e6 },
  'json-malformed': { file: 'config.json', why: 'end of input' },
  'config-unsupported': { file: 'config.json', field: 'model_type', value: '"llama"' },
  'config-invalid': { file: 'config.json', field: 'n_head', why: 'missing' },
  'safetensors-malformed': { file: 'x.safetensors', why: 'offsets-overlap', tensor: 'wte' },
  'tensor-missing': { tensor: 'wte.weight' },
  'tensor-shape': { tensor: 'wte.weight', expected: '[3]', actual: '[2]' },
  'tensor-type': { tensor: 'wte.weight', type: 'I8' },
  'tensor-not-finite': { tensor: 'wte.weight', index: 7, value: 'NaN' },
  'index-inconsistent': { file: 'index.json', tensor: 'wte.weight' },
  'vocabulary-mismatch': { tokenizer: 11, embedding: 10 },
  'tokenizer-malformed': { file: 'package.json', what: 'model' },
  'tokenizer-unsupported': { file: 'tokenizer.json', what: 'normalizer: NFC' },
  'tokenizer-missing': { folder: '/models/x' },
  'chat-template-missing': { model: 'gpt2' },
  'chat-template-broken': { file: 'chat_template.jinja', line: 3, why: 'Unexpected end of input' },
  'chat-template-refused': { file: 'tokenizer_config.json', why: 'Roles must alternate' },
  'conversation-unfinished': {},
  'record-malformed': { file: 'a.tokenscope.json', where: 'pieces[3].tokens[0].id' },
  'record-newer': { file: 'a.tokenscope.json', version: 7, known: 1 },
  'record-differs': { token: 12, expected: 5, made: 6 },
  'nothing-generated': {},
  'edit-refused': { file: 'notes.txt' },
  'link-unreadable': { where: 'cell' },
  'link-text-changed': { file: 'story.md' },
  'link-too-long': { characters: 5000, limit: 1000 },
  'text-unknown': { name: 'notes.md' },
  'text-empty': {},
  'text-too-large': { characters: 5000, limit: 4096 },
  'id-out-of-range': { id: '-1', vocabulary: 10 },
  'run-unknown': {},
  'activation-unknown': { name: 'nonsense' },
  'array-too-large': { bytes: 2e9, limitBytes: 2 ** 27 },
  'trace-too-large': { bytes: 9e9, limitBytes: 1e9 },
  'verify-difference': {
    ...{ name: 'logits[0, 1]', device: 'wasm simd 2', difference: '3.00e-2', allowed: '0.0001' },
  },
  'file-not-text': { file: 'photo.png' },
  'corpus-too-short': { tokens: 5, needed: 129 },
  'vocabulary-too-large': { wanted: 4096, possible: 300 },
  'training-diverged': { step: 7, loss: 'NaN', best: '2.5' },
  'checkpoint-foreign': { file: 'checkpoint.safetensors' },
  'folder-taken': { folder: '/runs/first' },
  'lab-run-unknown': {},
  'lab-run-busy': {},
  'snapshot-unknown': { step: '120' },
  'experiment-invalid': { file: 'a.experiment.json', why: 'change.kind' },
  'experiment-unfinished': {},
  'setting-invalid': { name: 'topP', value: '2', allowed: '0 < p ≤ 1' },
  'search-no-id': { typed: 'four' },
  'search-no-bytes': { typed: 'E' },
  'search-no-expression': { typed: '(', why: 'Unterminated group' },
  'search-too-slow': { typed: '(a+)+', seconds: 5 },
  'device-unavailable': { device: 'wasm', why: 'SIMD' },
  'device-lost': { device: 'webgpu', why: 'hung' },
};

const faults: Readonly<Record<SafetensorsFault, true>> = {
  'too-short': true,
  'header-too-large': true,
  'header-beyond-file': true,
  'header-not-json': true,
  'header-not-object': true,
  'entry-invalid': true,
  'name-duplicate': true,
  'offsets-out-of-range': true,
  'offsets-overlap': true,
  'offsets-gap': true,
  'size-mismatch': true,
  'data-truncated': true,
};

const configFaults: Readonly<Record<ConfigFault, true>> = {
  missing: true,
  'not-a-number': true,
  'not-whole': true,
  'too-small': true,
  'too-large': true,
  'not-divisible': true,
  'not-an-object': true,
  'wrong-type': true,
};

function allFailures(): Failure[] {
  const each = Object.entries(details).map(([code, values]) => ({ code, details: values }));
  const damaged = Object.keys(faults).map((why) => ({
    code: 'safetensors-malformed',
    details: { file: 'x.safetensors', why, tensor: 'wte' },
  }));
  const invalid = Object.keys(configFaults).map((why) => ({
    code: 'config-invalid',
    details: { file: 'config.json', field: why === 'not-an-object' ? '' : 'n_head', why },
  }));
  return [...each, ...damaged, ...invalid] as Failure[];
}

describe('the sentences of failures', () => {
  for (const [language, contents] of Object.entries({ en, ja })) {
    it(`exist for each in ${language}, with every placeholder filled`, () => {
      l10n.config({ contents });
      for (const failure of allFailures()) {
        const sentence = describeFailure(failure, (key, values) => {
          assert.ok(Object.hasOwn(contents, key), `${language} has no ${key}`);
          return l10n.t(key, values);
        });
        assert.ok(sentence.length > 3, failure.code);
        assert.doesNotMatch(sentence, /[{}]|undefined|  /, failure.code);
        assert.match(sentence, language === 'en' ? /[.}]|odd$/ : /[。：]/, failure.code);
      }
    });

    it(`in ${language} name what was wrong`, () => {
      l10n.config({ contents });
      for (const failure of allFailures()) {
        const sentence = describeFailure(failure, (key, values) => l10n.t(key, values));
        const file = 'file' in failure.details ? failure.details.file : '';
        const tensor = 'tensor' in failure.details && failure.code !== 'safetensors-malformed';
        assert.ok(sentence.includes(file), sentence);
        if (tensor) assert.ok(sentence.includes(failure.details.tensor), sentence);
      }
    });
  }

  it('give bytes in megabytes', () => {
    l10n.config({ contents: en });
    const failure: Failure = { code: 'file-too-large', details: details['file-too-large'] };
    const sentence = describeFailure(failure, (key, values) => l10n.t(key, values));
    assert.match(sentence, /5\.2 MB.*4\.0 MB/);
  });
});
