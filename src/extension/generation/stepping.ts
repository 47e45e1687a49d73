/** Stepping as the rest of the extension knows it: the session at hand, its views and files, and their commands. */
import type { Command } from '../commands';
import { Conversations } from '../conversations/conversations';
import { editorAtHand } from '../editor/editorText';
import { BranchView } from './branchView';
import { EditorGeneration } from './editorGeneration';
import type { GenerationOptions } from './editorGeneration';
import { SessionFiles } from './sessionFiles';
import { SessionTexts } from './sessionTexts';

export class Stepping {
  readonly generation: EditorGeneration;
  readonly #branches: BranchView;
  readonly #files: SessionFiles;
  readonly #conversations: Conversations;
  readonly #owned: readonly { dispose(): void }[];

  constructor(options: Omit<GenerationOptions, 'conversations'>) {
    const { engine, notices } = options;
    const texts = new SessionTexts();
    const conversations = new Conversations({ engine, notices, texts });
    const generation = new EditorGeneration({ ...options, conversations });
    this.#conversations = conversations;
    this.generation = generation;
    this.#branches = new BranchView(generation, { notices, texts });
    this.#files = new SessionFiles({ engine, notices, generation, texts });
    this.#owned = [this.#branches, texts, generation, conversations];
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      ...this.#conversations.commands,
      ...this.#stepCommands(),
      ...this.#sessionCommands(),
    };
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
  }

  #stepCommands(): Readonly<Record<string, Command>> {
    const { generation } = this;
    return {
      stepGeneration: () => generation.step(editorAtHand()),
      startGeneration: () => generation.start(editorAtHand()),
      acceptToken: () => generation.accept(),
      acceptCandidate: (rank) => generation.acceptCandidate(rank),
      nextCandidate: () => generation.turn(1),
      previousCandidate: () => generation.turn(-1),
      chooseToken: () => generation.choose(),
      stepBack: () => generation.back(),
      runTokens: (count) => generation.run(count),
      runUntilStop: () => generation.runUntilStop(),
      pauseGenerating: () => generation.pause(),
      discardGenerated: () => generation.discard(),
      explainToken: (link) => generation.explain(link, editorAtHand()),
      stopGenerating: () => {
        generation.stop();
      },
    };
  }

  #sessionCommands(): Readonly<Record<string, Command>> {
    const branches = this.#branches;
    const files = this.#files;
    return {
      switchBranch: (entry) => branches.switchTo(entry),
      compareBranches: (entry) => branches.compare(entry),
      nameBranch: (entry) => branches.rename(entry),
      exportBranches: () => branches.exportAll(),
      showBeams: () => branches.showBeams(),
      saveSession: (file) => files.save(file),
      openSession: (file) => files.open(file),
      compareSessions: (left, right) => files.compare(left, right),
    };
  }
}
