/**
 * Tools that a chat model can call: they let it count tokens instead of guessing, and look at tokens and predictions as
 * they are. Answers are JSON, for their readers are programs.
 */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { encodingNames } from '../../protocol/encodings';
import type { EngineClient } from '../../protocol/engineApi';
import { fail, failureOf } from '../../protocol/failures';
import type { PieceMerges } from '../../protocol/tokens';
import { failureSentence, t } from '../l10n';
import type { MessageKey } from '../l10n';
import { charactersIn } from '../tokens/characters';
import type { Vocabulary } from '../tokens/vocabulary';
import type { TokenscopeApi } from './tokenscopeApi';

export interface ToolParts {
  readonly api: TokenscopeApi;
  readonly client: Pick<EngineClient, 'tokenize' | 'merges'>;
  readonly vocabulary: () => Promise<Vocabulary>;
}

const countInput = v.object({
  text: v.string(),
  tokenizer: v.optional(v.picklist(['model', ...encodingNames]), 'model'),
});
const explainInput = v.object({ text: v.pipe(v.string(), v.maxLength(4096)) });
const predictInput = v.object({
  text: v.pipe(v.string(), v.minLength(1)),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 10),
});

/** Registers what the manifest lists under `languageModelTools`; nothing where VS Code has no such tools. */
export function registerTools(parts: ToolParts): vscode.Disposable {
  if (!('lm' in vscode) || !('registerTool' in vscode.lm)) return vscode.Disposable.from();
  return vscode.Disposable.from(
    register('count_tokens', {
      doing: 'tool.counting',
      schema: countInput,
      answer: async ({ text, tokenizer }, signal) => {
        const tokens = await parts.api.count(text, { tokenizer, signal });
        return { tokens, tokenizer, characters: charactersIn(text) };
      },
    }),
    register('explain_tokenization', {
      doing: 'tool.explaining',
      schema: explainInput,
      answer: ({ text }, signal) => explain(parts, text, signal),
    }),
    register('next_token_probabilities', {
      doing: 'tool.predicting',
      schema: predictInput,
      answer: (input, signal) => predict(parts.api, input, signal),
    }),
  );
}

interface Tool<Input> {
  readonly doing: MessageKey;
  readonly schema: v.GenericSchema<unknown, Input>;
  readonly answer: (input: Input, signal: AbortSignal) => Promise<unknown>;
}

function register<Input>(name: string, tool: Tool<Input>): vscode.Disposable {
  return vscode.lm.registerTool<unknown>(`tokenscope_${name}`, {
    prepareInvocation: () => ({ invocationMessage: t(tool.doing) }),
    invoke: async ({ input }, cancellation) => {
      const controller = new AbortController();
      const listening = cancellation.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return result(await tool.answer(checked(tool.schema, input), controller.signal));
      } catch (error) {
        // The model reads the reason and may ask better.
        throw new Error(failureSentence(failureOf(error)), { cause: error });
      } finally {
        listening.dispose();
      }
    },
  });
}

function checked<Input>(schema: v.GenericSchema<unknown, Input>, input: unknown): Input {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const name = v.getDotPath(issue) ?? 'input';
  throw fail('setting-invalid', { name, value: issue.received, allowed: issue.expected ?? '' });
}

function result(answer: unknown): vscode.LanguageModelToolResult {
  const part = new vscode.LanguageModelTextPart(JSON.stringify(answer));
  return new vscode.LanguageModelToolResult([part]);
}

/** Each token with its bytes, and the merges that made it, in the order they were made. */
async function explain(parts: ToolParts, text: string, signal: AbortSignal): Promise<unknown> {
  const [table, pieces, words] = await Promise.all([
    parts.client.tokenize({ text }, { signal }),
    parts.client.merges({ text }, { signal }),
    parts.vocabulary(),
  ]);
  const tokens = Array.from(table.ids, (id, row) => ({
    id,
    text: text.slice(table.starts[row], table.ends[row]),
    bytes: words.hex(id),
  }));
  return { tokens, pieces: pieces.map((piece) => explained(piece, text)) };
}

function explained(piece: PieceMerges, text: string): unknown {
  const merges = piece.merges.map(({ rank, cuts }) => ({
    rank,
    parts: partsBetween(cuts, piece.bytes),
  }));
  const { start, end, ids, search } = piece;
  return { text: text.slice(start, end), merges, ids, ...(search && { search }) };
}

/** What the piece consists of after a merge; bytes that are no whole character are U+FFFD. */
function partsBetween(cuts: readonly number[], bytes: Uint8Array): string[] {
  const edges = [0, ...cuts, bytes.length];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return edges.slice(1).map((end, n) => decoder.decode(bytes.slice(edges[n], end)));
}

async function predict(
  api: TokenscopeApi,
  input: v.InferOutput<typeof predictInput>,
  signal: AbortSignal,
): Promise<unknown> {
  const { text, count } = input;
  const { tokens, entropyBits, dropped } = await api.nextTokens(text, { count, signal });
  return {
    tokens: tokens.map(({ id, text: token, probability }) => ({ id, text: token, probability })),
    entropyBits,
    tokensThatDidNotFit: dropped,
  };
}
