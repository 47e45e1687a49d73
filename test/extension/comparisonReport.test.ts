// The report of a comparison as a text: columns that meet in any font, and the numbers of the comparison.
import assert from 'node:assert/strict';
import { comparisonReport } from '../../src/extension/comparison/comparisonReport';
import { useLanguage } from '../../src/extension/l10n';
import { startService } from '../support/engineService';

const text = '吾輩は猫である。👩‍👩‍👧‍👦\nThe quick brown fox\n\n\tcafé שלום 123\n'.repeat(4);

describe('the report of a comparison', () => {
  const { service } = startService();
  after(() => service.stop());
  afterEach(() => {
    useLanguage('en', 'media/l10n');
  });

  for (const language of ['en', 'ja'] as const) {
    it(`has its columns one under another whatever is wide in it (${language})`, async () => {
      useLanguage(language, 'media/l10n');
      const model = { source: { kind: 'model' }, specialTokens: 'recognised' } as const;
      const source = { kind: 'encoding', name: 'o200k_base' } as const;
      const other = { source, specialTokens: 'recognised' } as const;
      const { client } = service;
      const comparison = await client.compareTokenizers({ text, tokenizer: model, other });
      const names = ['モデル自身のトークナイザー', 'o200k_base'] as const;
      const report = comparisonReport({ name: 'ja.txt', text, names, comparison });
      const lines = report.split('\n');
      const heads = lines.flatMap((line, n) => (/^ *# +A +B +B-A /.test(line) ? [n] : []));
      assert.equal(heads.length, 2, report);
      const rows = lines.slice((heads[1] ?? 0) + 1, -1);
      assert.equal(rows.length, comparison.lineBytes.length);
      const columns = columnEnds(lines[heads[1] ?? 0] ?? '');
      rows.forEach((row, n) => {
        const numbers = row.slice(0, columns.at(-1));
        assert.match(numbers, /^[\x20-\x7e]*$/, 'nothing but what every font draws alike');
        assert.deepEqual(columnEnds(numbers), columns, row);
        const [, a, b, difference] = numbers.trim().split(/ +/).map(Number);
        assert.equal(a, comparison.lineTokens[0][n]);
        assert.equal(b, comparison.lineTokens[1][n]);
        assert.equal(difference, (b ?? NaN) - (a ?? NaN));
      });
      for (const [n, name] of names.entries()) {
        const total = lines.find((line) => line.includes(name));
        assert.ok(total?.includes(String(comparison.tokens[n])), report);
      }
    });
  }
});

/** Where each cell of a row ends. */
function columnEnds(row: string): number[] {
  return [...row.matchAll(/\S+/g)].map((cell) => cell.index + cell[0].length);
}
