// Settings: what is not allowed is named, and the default holds in its place.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Settings } from '../../src/extension/settings';
import type { Failure } from '../../src/protocol/failures';

function settingsOf(given: Record<string, unknown>): { settings: Settings; failures: Failure[] } {
  const failures: Failure[] = [];
  const settings = new Settings(
    (name) => given[name],
    (failure) => failures.push(failure),
  );
  return { settings, failures };
}

describe('settings', () => {
  it('are read as they are given when they are allowed', () => {
    const { settings, failures } = settingsOf({
      'sampling.temperature': 0.7,
      'sampling.topK': 40,
      'sampling.topP': 0.9,
      'sampling.minP': 0.05,
      'sampling.seed': 7,
      'generation.stopStrings': ['\n\n'],
    });
    assert.deepEqual(settings.sampling(), {
      temperature: 0.7,
      topK: 40,
      topP: 0.9,
      minP: 0.05,
      repetitionPenalty: 1,
      seed: 7,
    });
    assert.deepEqual(settings.stop(), { maxTokens: 64, stopStrings: ['\n\n'] });
    assert.deepEqual(failures, []);
  });

  for (const [name, value] of [
    ['sampling.temperature', -1],
    ['sampling.temperature', 'hot'],
    ['sampling.topK', 2.5],
    ['sampling.topP', 0],
    ['sampling.minP', 2],
    ['sampling.repetitionPenalty', 0],
    ['sampling.seed', 2 ** 32],
    ['generation.maxTokens', 0],
    ['generation.stopStrings', ['']],
    ['device', 'cuda'],
    ['threads', -1],
    ['threads', 1.5],
    ['language', 'fr'],
    ['inline.showIds', 'yes'],
  ] as const) {
    it(`name ${name} when it is ${JSON.stringify(value)}, and use the default`, () => {
      const { settings, failures } = settingsOf({ [name]: value });
      const { settings: untouched } = settingsOf({});
      assert.deepEqual(settings.get(name), untouched.get(name));
      const [failure] = failures;
      assert.equal(failure?.code, 'setting-invalid');
      assert.deepEqual(failure.details, {
        name: `tokenscope.${name}`,
        value: JSON.stringify(value),
        allowed: (failure.details as { allowed: string }).allowed,
      });
    });
  }

  it('have the defaults that the manifest promises', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { default: unknown }> } };
    };
    const { settings } = settingsOf({});
    for (const [name, { default: promised }] of Object.entries(
      manifest.contributes.configuration.properties,
    )) {
      const own = name.replace('tokenscope.', '') as Parameters<Settings['get']>[0];
      assert.deepEqual(settings.get(own), promised, name);
    }
  });
});
