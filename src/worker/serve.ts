/** Serves an engine over a channel: the other end of `EngineClient`. Runs in any kind of worker. */
import { Engine } from '../engine/engine';
import type { EngineParts } from '../engine/engineParts';
import type { EngineClient, EngineEvents, EngineWire } from '../protocol/engineApi';
import { Requests } from './requests';
import { openWire, unheard, type Channel } from './wire';

/** Answers requests until `close`, which cancels what is under way and lets go of the model. */
export function serve(
  parts: Omit<EngineParts, 'onHealth'>,
  channel: Channel,
): { close(): Promise<void> } {
  const engine = new Engine({
    ...parts,
    onHealth: (health) => {
      client.health(health).catch(unheard);
    },
  });
  const requests = new Requests((ticket, progress) => {
    client.progress(ticket, progress).catch(unheard);
  });
  const client = openWire<EngineEvents, EngineWire>(channel, wireOf(engine, requests), [
    'health',
    'progress',
  ]);
  return {
    close: () => {
      client.$close();
      requests.cancelAll();
      return engine.dispose();
    },
  };
}

/** The engine's methods with tickets for signals and outcomes for errors. */
function wireOf(engine: EngineClient, requests: Requests): EngineWire {
  const { served } = requests;
  return {
    estimateModel: served(engine.estimateModel.bind(engine)),
    openModel: served(engine.openModel.bind(engine)),
    measureDevice: served(engine.measureDevice.bind(engine)),
    measureTraining: served(engine.measureTraining.bind(engine)),
    modelHash: served(engine.modelHash.bind(engine)),
    vocabulary: served(engine.vocabulary.bind(engine)),
    tokenOrigins: served(engine.tokenOrigins.bind(engine)),
    tokenizerInfo: served(engine.tokenizerInfo.bind(engine)),
    tokenize: served(engine.tokenize.bind(engine)),
    tokenizeWindow: served(engine.tokenizeWindow.bind(engine)),
    countTokens: served(engine.countTokens.bind(engine)),
    putText: served(engine.putText.bind(engine)),
    editText: served(engine.editText.bind(engine)),
    dropText: served(engine.dropText.bind(engine)),
    textTokens: served(engine.textTokens.bind(engine)),
    countText: served(engine.countText.bind(engine)),
    compareTokenizers: served(engine.compareTokenizers.bind(engine)),
    merges: served(engine.merges.bind(engine)),
    renderChat: served(engine.renderChat.bind(engine)),
    embeddings: served(engine.embeddings.bind(engine)),
    tokenFacts: served(engine.tokenFacts.bind(engine)),
    expectation: served(engine.expectation.bind(engine)),
    surprisals: served(engine.surprisals.bind(engine)),
    run: served(engine.run.bind(engine)),
    activation: served(engine.activation.bind(engine)),
    weight: served(engine.weight.bind(engine)),
    verify: served(engine.verify.bind(engine)),
    timings: served(engine.timings.bind(engine)),
    trace: served(engine.trace.bind(engine)),
    headStatistics: served(engine.headStatistics.bind(engine)),
    embeddingMap: served(engine.embeddingMap.bind(engine)),
    continuations: served(engine.continuations.bind(engine)),
    difference: served(engine.difference.bind(engine)),
    lens: served(engine.lens.bind(engine)),
    neurons: served(engine.neurons.bind(engine)),
    attentionMap: served(engine.attentionMap.bind(engine)),
    smallMaps: served(engine.smallMaps.bind(engine)),
    contributions: served(engine.contributions.bind(engine)),
    distribution: served(engine.distribution.bind(engine)),
    predict: served(engine.predict.bind(engine)),
    step: served(engine.step.bind(engine)),
    steps: served(engine.steps.bind(engine)),
    cancel: (ticket) => {
      requests.cancel(ticket);
    },
  };
}
