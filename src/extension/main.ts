/** Table of contents of the extension: services in order, each handed what it needs, all owned by the context. */
import * as vscode from 'vscode';
import { registerTools } from './api/languageModelTools';
import { publicApi } from './api/publicApi';
import type { TokenscopeApi } from './api/tokenscopeApi';
import { registerCommands } from './commands';
import type { Command } from './commands';
import { changeTokenDisplay } from './editor/changeTokenDisplay';
import { EngineStatus } from './editor/engineStatus';
import { editorAtHand } from './editor/editorText';
import { EngineService } from './engine/engineService';
import { KnownFacts } from './engine/knownFacts';
import { startThread } from './engine/threadPort';
import { threadOptions } from './engine/threadOptions';
import { Stepping } from './generation/stepping';
import { chooseComparison } from './inspector/chooseComparison';
import { Inspector, panelType } from './inspector/inspector';
import { LinkOpener } from './inspector/linkOpener';
import { DeviceChoice } from './gpu/deviceChoice';
import { pickDevice } from './gpu/devicePicker';
import { gpuView, GpuCarrier } from './gpu/gpuCarrier';
import { GpuWatch } from './gpu/gpuWatch';
import { PageDevices } from './gpu/pageDevices';
import { chooseLanguage, t, useLanguage } from './l10n';
import { Lab, labType } from './lab/lab';
import { ModelChoice } from './models/modelChoice';
import { Notices } from './notices';
import { SamplingView } from './sampling/samplingView';
import { Settings, settingsSection } from './settings';
import { searchInVocabulary } from './vocabulary/vocabularyPicker';
import { makeTokens } from './tokenServices';
import { showMerges } from './tokenizers/mergesPicker';
import { chooseTokenizer } from './tokenizers/tokenizerPicker';

/** VS Code waits for `deactivate`, but hands nothing to it: so what is to be done there has to be kept here. */
let beforeTheEnd: () => Promise<void> = () => Promise.resolve();

export function deactivate(): Promise<void> {
  return beforeTheEnd();
}

/** Starts nothing that costs: the engine's worker and its model come with the first thing that needs them. */
export function activate(context: vscode.ExtensionContext): TokenscopeApi {
  const began = performance.now();
  const services = makeServices(context);
  const { inspector, hover, notices, engine, known } = services;
  const { client } = engine;
  beforeTheEnd = () => services.lab.end();
  const vocabulary = () => known.vocabulary();
  const api = publicApi({ client, vocabulary });
  context.subscriptions.push(
    vscode.languages.registerHoverProvider('*', hover),
    vscode.languages.registerHoverProvider('*', services.surprisal.hover),
    vscode.window.registerWebviewPanelSerializer(panelType, inspector),
    vscode.window.registerWebviewViewProvider(gpuView, services.carrier, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    vscode.window.registerWebviewPanelSerializer(labType, services.lab),
    registerCommands(commandTable(services), notices),
    vscode.window.registerUriHandler(new LinkOpener(services)),
    registerTools({ api, client, vocabulary }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      settingsChanged(services, change);
    }),
  );
  notices.log.info(`active after ${(performance.now() - began).toFixed(1)} ms`);
  return api;
}

type Services = ReturnType<typeof makeServices>;

function makeServices(context: vscode.ExtensionContext) {
  const own = <Owned extends { dispose(): void }>(owned: Owned): Owned => {
    context.subscriptions.push(owned);
    return owned;
  };
  const memory = context.workspaceState;
  const extension = context.extensionUri;
  const notices = new Notices(own(vscode.window.createOutputChannel('Tokenscope', { log: true })));
  const settings = new Settings(readSetting, (failure) => {
    notices.tellOnce('settings', failure);
  });
  const speak = speaker(context, settings);
  speak();
  const engines = makeEngine(context, { settings, notices, own });
  const { engine } = engines;
  const known = new KnownFacts(engine);
  const location = () => engines.choice.location();
  const tokens = makeTokens({ settings, notices, own, memory, extension, engine, known, location });
  const status = own(new EngineStatus(engine));
  const otherModel = { start: engines.thread, wish: () => engines.choice.wish() };
  const inspector = own(
    new Inspector({ engine, known, settings, notices, memory, extension, otherModel }),
  );
  const stepping = own(
    new Stepping({ engine, known, settings, notices, inspector, inline: tokens.inline }),
  );
  const { generation } = stepping;
  own(new SamplingView({ generation, known, notices, extension }));
  const pageDevices = own(
    new PageDevices({
      carrier: engines.carrier,
      wish: () => engines.devices.trainingWish(),
      notices,
    }),
  );
  const lab = own(
    new Lab({
      thread: () => threadOptions(context, notices, settings.get('threads')),
      devices: pageDevices,
      notices,
      memory,
      extension,
      storage: context.storageUri ?? context.globalStorageUri,
    }),
  );
  return {
    notices,
    settings,
    speak,
    ...engines,
    known,
    ...tokens,
    status,
    inspector,
    stepping,
    lab,
  };
}

/** The engine, and what says which model it has open and where it runs. */
function makeEngine(
  context: vscode.ExtensionContext,
  { settings, notices, own }: EngineSurroundings,
) {
  const memory = context.workspaceState;
  const extension = context.extensionUri;
  const choice: ModelChoice = new ModelChoice({
    settings,
    notices,
    memory,
    device: () => devices.device(),
  });
  const thread = () => startThread(threadOptions(context, notices, settings.get('threads')));
  const carrier = own(
    new GpuCarrier({
      extension,
      places: {
        builtin: context.asAbsolutePath('media/models/builtin'),
        ranks: context.asAbsolutePath('dist'),
      },
      log: (line) => {
        notices.log.info(line);
      },
    }),
  );
  const devices = new DeviceChoice({
    settings,
    carrier,
    startThread: thread,
    location: () => choice.location(),
    memory: context.globalState,
    version: String((context.extension.packageJSON as { version?: unknown }).version),
  });
  const engine = own(
    new EngineService({
      start: () => devices.start(),
      wish: () => choice.wish(),
      onFallback: (failure) => {
        notices.tellOnce('model', failure);
        notices.log.warn(t('model.fallback'));
      },
    }),
  );
  const gpu = own(new GpuWatch({ engine, devices, carrier, notices }));
  return { choice, carrier, devices, gpu, thread, engine };
}

interface EngineSurroundings {
  readonly settings: Settings;
  readonly notices: Notices;
  readonly own: <Owned extends { dispose(): void }>(owned: Owned) => Owned;
}

function linkCommands(services: Services): Readonly<Record<string, Command>> {
  const { inspector } = services;
  const links = new LinkOpener(services);
  return {
    copyInspectorLink: () => inspector.copyLink(),
    openInspectorAt: (link) =>
      typeof link === 'string' ? links.open(vscode.Uri.parse(link)) : inspector.openAt(link),
  };
}

function tokenizerCommands({ settings, tokenizers }: Services): Readonly<Record<string, Command>> {
  return {
    changeTokenDisplay: () => changeTokenDisplay(settings),
    chooseTokenizer: (given) => chooseTokenizer(tokenizers, given),
  };
}

function commandTable(services: Services): Readonly<Record<string, Command>> {
  const { notices, choice, carrier, devices, engine, inline, inspector } = services;
  return {
    ...services.counting.commands,
    ...services.lab.commands,
    ...services.comparer.commands,
    ...services.vocabularyPanel.commands,
    showMerges: () => showMerges(services.tokenizers),
    searchVocabulary: () => searchInVocabulary(services),
    ...services.surprisal.commands,
    ...services.stepping.commands,
    showTokens: () => inline.toggle(),
    inspectSelection: () => inspector.inspectSelection(editorAtHand()),
    compare: (given) => chooseComparison(services, given),
    ...linkCommands(services),
    ...tokenizerCommands(services),
    chooseDevice: () =>
      pickDevice({
        settings: services.settings,
        engine,
        choice: devices,
        carrier,
        startThread: services.thread,
        location: () => choice.location(),
      }),
    openGpuView: async () => {
      await carrier.open();
    },
    openModelFolder: (folder) => choice.openFolder(engine, folder),
    useBuiltInModel: () => choice.useBuiltIn(engine),
    useTinyModel: () => choice.useTiny(engine),
    restartEngine: () => engine.restart(),
    showLog: () => {
      notices.log.show();
    },
  };
}

function settingsChanged(services: Services, change: vscode.ConfigurationChangeEvent): void {
  const { notices, choice, engine, gpu, count, status, tokenizerStatus } = services;
  const affects = (name: string): boolean =>
    change.affectsConfiguration(`${settingsSection}.${name}`);
  if (affects('language')) {
    services.speak();
    count.refresh();
    services.surprisal.refresh();
    services.counting.refresh();
    status.refresh();
    tokenizerStatus.refresh();
    void notices.guard(() => services.inspector.reloadPage());
    void notices.guard(() => services.lab.reloadPage());
    void notices.guard(() => services.vocabularyPanel.reloadPage());
  }
  if (affects('limit')) count.refresh();
  const runs = engine.health.state !== 'stopped';
  if (affects('model.folder')) void notices.guard(() => choice.folderChanged(engine));
  // The engine is told of its threads when it starts.
  else if (affects('threads') && runs) void notices.guard(() => engine.restart());
  else if (affects('weights')) void notices.guard(() => choice.reopen(engine));
  else if (affects('device'))
    void notices.guard(() => gpu.deviceChanged(() => choice.reopen(engine)));
}

/** What makes the extension speak the language of the setting. */
function speaker(context: vscode.ExtensionContext, settings: Settings): () => void {
  const sentences = context.asAbsolutePath('media/l10n');
  return () => {
    useLanguage(chooseLanguage(settings.get('language'), vscode.env.language), sentences);
  };
}

function readSetting(name: string): unknown {
  return vscode.workspace.getConfiguration(settingsSection).get<unknown>(name);
}
