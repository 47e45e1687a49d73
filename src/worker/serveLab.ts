/** Serves the lab over a channel: the other end of `LabClient`. Runs in any kind of worker. */
import { Lab } from '../engine/lab/lab';
import type { LabHost } from '../engine/lab/labHost';
import type { LabEvents, LabWire } from '../protocol/labApi';
import type { LabDevicesWire } from '../protocol/labDevices';
import { pageDevices } from './pageDevices';
import { Requests } from './requests';
import { openWire, unheard, type Channel } from './wire';

/** Answers requests until `close`, which pauses what goes on, each run with a checkpoint. */
export function serveLab(
  host: Omit<LabHost, 'devices'>,
  channel: Channel,
): { close(): Promise<void> } {
  const devices = pageDevices(() => client);
  const lab = new Lab({ ...host, devices }, (run, news) => {
    client.run(run, news).catch(unheard);
  });
  const requests = new Requests((ticket, progress) => {
    client.progress(ticket, progress).catch(unheard);
  });
  const client = openWire<LabEvents & LabDevicesWire, LabWire>(channel, wireOf(lab, requests), [
    'run',
    'progress',
    'closeDevice',
  ]);
  return {
    close: async () => {
      client.$close();
      requests.cancelAll();
      await lab.dispose();
    },
  };
}

function wireOf(lab: Lab, requests: Requests): LabWire {
  const { served } = requests;
  return {
    presets: served(lab.presets.bind(lab)),
    corpusText: served(lab.corpusText.bind(lab)),
    learnVocabulary: served(lab.learnVocabulary.bind(lab)),
    saveVocabulary: served(lab.saveVocabulary.bind(lab)),
    parameterTable: served(lab.parameterTable.bind(lab)),
    startingWeight: served(lab.startingWeight.bind(lab)),
    createRun: served(lab.createRun.bind(lab)),
    openRun: served(lab.openRun.bind(lab)),
    closeRun: served(lab.closeRun.bind(lab)),
    start: served(lab.start.bind(lab)),
    pause: served(lab.pause.bind(lab)),
    change: served(lab.change.bind(lab)),
    step: served(lab.step.bind(lab)),
    stepTensor: served(lab.stepTensor.bind(lab)),
    history: served(lab.history.bind(lab)),
    snapshot: served(lab.snapshot.bind(lab)),
    cost: served(lab.cost.bind(lab)),
    vocabulary: served(lab.vocabulary.bind(lab)),
    saveModel: served(lab.saveModel.bind(lab)),
    readExperiment: served(lab.readExperiment.bind(lab)),
    writeExperiment: served(lab.writeExperiment.bind(lab)),
    createExperiment: served(lab.createExperiment.bind(lab)),
    openExperiment: served(lab.openExperiment.bind(lab)),
    startExperiment: served(lab.startExperiment.bind(lab)),
    pauseExperiment: served(lab.pauseExperiment.bind(lab)),
    closeExperiment: served(lab.closeExperiment.bind(lab)),
    experimentResult: served(lab.experimentResult.bind(lab)),
    cancel: (ticket) => {
      requests.cancel(ticket);
    },
  };
}
