/** Numbers are pulled once, belong to one run, and tell their readers when they arrive. */
import assert from 'node:assert/strict';
import { effect, signal } from '@preact/signals-core';
import type { Outcome } from '../../src/protocol/engineApi';
import type { HostApi } from '../../src/protocol/panelApi';
import type { NumberBlock } from '../../src/protocol/runs';
import { Numbers } from '../../webview/numbers';

interface Asked {
  readonly request: { readonly run?: number; readonly name: string };
  readonly answer: (outcome: Outcome<NumberBlock>) => void;
}

/** A host whose answers come when the test gives them. */
function waitingHost(): { host: HostApi; asked: Asked[] } {
  const asked: Asked[] = [];
  const activation = (request: Asked['request']) =>
    new Promise<Outcome<NumberBlock>>((answer) => {
      asked.push({ request, answer });
    });
  // The cache calls this one method of its host; another call would throw.
  return { host: { activation } as unknown as HostApi, asked };
}

function blockOf(...values: number[]): Outcome<NumberBlock> {
  return { ok: true, value: { shape: [values.length], values: Float32Array.from(values) } };
}

/** Lets the promises that are settled tell their readers. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const nextFrame = (callback: () => void): void => void setImmediate(callback);

describe('Numbers', () => {
  it('are asked for once, however many read them, and every reader hears of the answer', async () => {
    const { host, asked } = waitingHost();
    const numbers = new Numbers(host, signal(1), nextFrame);
    const seen: (number | undefined)[][] = [[], []];
    for (const list of seen)
      effect(() => {
        list.push(numbers.activation('embed', [0])?.values[0]);
      });
    assert.equal(asked.length, 1);
    asked[0]?.answer(blockOf(7));
    await settle();
    assert.deepEqual(seen, [
      [undefined, 7],
      [undefined, 7],
    ]);
  });

  it('are not asked for while there is no run', () => {
    const { host, asked } = waitingHost();
    assert.equal(new Numbers(host, signal(undefined)).activation('embed'), undefined);
    assert.equal(asked.length, 0);
  });

  it('of another run are gone at once, and its late answers change nothing', async () => {
    const { host, asked } = waitingHost();
    const run = signal(1);
    const numbers = new Numbers(host, run, nextFrame);
    const seen: (number | undefined)[] = [];
    effect(() => {
      seen.push(numbers.activation('embed')?.values[0]);
    });
    run.value = 2;
    asked[0]?.answer(blockOf(1));
    await settle();
    asked[1]?.answer(blockOf(2));
    await settle();
    assert.deepEqual(
      asked.map(({ request }) => request.run),
      [1, 2],
    );
    assert.deepEqual(seen, [undefined, undefined, 2]);
  });

  it('that cannot be read stay unknown and say why', async () => {
    const { host, asked } = waitingHost();
    const numbers = new Numbers(host, signal(1), nextFrame);
    assert.equal(numbers.activation('embed'), undefined);
    const failure = { code: 'activation-unknown', details: { name: 'embed' } } as const;
    asked[0]?.answer({ ok: false, failure });
    await settle();
    assert.equal(numbers.activation('embed'), undefined);
    assert.deepEqual(numbers.failure.value, failure);
  });

  it('that arrive in the same frame are told in one go', async () => {
    const { host, asked } = waitingHost();
    let frame: () => void = () => undefined;
    const numbers = new Numbers(host, signal(1), (callback) => {
      frame = callback;
    });
    const seen: (number | undefined)[][] = [];
    effect(() => {
      seen.push([0, 1, 2].map((row) => numbers.activation('embed', [row])?.values[0]));
    });
    [5, 6, 7].forEach((value, row) => asked[row]?.answer(blockOf(value)));
    await settle();
    // The first at once, for who waits for one; the others together.
    assert.deepEqual(seen.at(-1), [5, undefined, undefined]);
    frame();
    assert.deepEqual(seen.slice(2), [[5, 6, 7]]);
  });
});
