/** Commands as a table, wrapped once: each is logged, and what goes wrong is told in one sentence. */
import * as vscode from 'vscode';
import type { Notices } from './notices';

/** What a command does with the arguments it was called with; these come from outside and are checked by it. */
export type Command = (...given: unknown[]) => Promise<void> | void;

export function registerCommands(
  table: Readonly<Record<string, Command>>,
  notices: Notices,
): vscode.Disposable {
  const registered = Object.entries(table).map(([name, command]) =>
    vscode.commands.registerCommand(`tokenscope.${name}`, async (...given: unknown[]) => {
      notices.log.debug(`command ${name}`);
      await notices.guard(async () => {
        await command(...given);
      });
    }),
  );
  return vscode.Disposable.from(...registered);
}
