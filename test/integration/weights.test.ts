// The setting for how weights are kept: the open model is opened anew, with the numbers of the command line.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenscopeApi } from '../../src/extension/api/tokenscopeApi';
import { cli, extensionId, until, withSetting } from './editorSupport';

const text = 'Once upon a time there was a little girl';

describe('the setting for weights', () => {
  it('has them rounded, to the numbers that the command line comes to, and given back', async () => {
    const extension = vscode.extensions.getExtension<TokenscopeApi>(extensionId);
    const tokenscope = await extension?.activate();
    assert.ok(tokenscope);
    const mostLikely = async (): Promise<number> => {
      const { tokens } = await tokenscope.nextTokens(text, { count: 1 });
      return tokens[0]?.probability ?? Number.NaN;
    };
    const plain = await mostLikely();
    await withSetting('weights', 'int8', async () => {
      const rounded = await until(mostLikely, (probability) => probability !== plain);
      const [expected] = cli<{ probability: number }>([
        ...['generate', '--prompt', text, '--max-tokens', '1', '--weights', 'int8'],
      ]);
      // The same kernels on the same bytes; what they round to is a hundred times as far away.
      assert.ok(Math.abs(rounded - (expected?.probability ?? Number.NaN)) < 1e-5);
      assert.ok(Math.abs(rounded - plain) > 1e-5);
    });
    assert.equal(await until(mostLikely, (probability) => probability === plain), plain);
  });
});
