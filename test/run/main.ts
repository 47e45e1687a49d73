// The whole test run: `npm test`, or `npm test -- --only unit,e2e` for some of its stages.
import { findBrowser } from '../harness/findBrowser';
import { installVsCode } from '../harness/installVsCode';
import { closingLine, runStages, type Stage } from './report';
import { formatting, lint, types, unused } from './staticStages';
import { endToEnd, hosted, unit } from './testStages';

/** Fetched while the code is being read, so that no test waits for it and no two tests fetch it at once. */
const fetched = Promise.allSettled([installVsCode(), findBrowser()]);

/** Stages of a group go on at the same time: those that read the code, and those that wait for windows. */
const groups: readonly (readonly Stage[])[] = [
  [
    ['types', types],
    ['lint', lint],
    ['format', formatting],
    ['unused', unused],
  ],
  [['unit', () => fetched.then(unit)]],
  [
    ['hosted', () => fetched.then(hosted)],
    ['e2e', () => fetched.then(endToEnd)],
  ],
];

const report = await runStages(chosen(process.argv.slice(2)));
console.log(closingLine(report));
process.exitCode = report.failures.length === 0 ? 0 : 1;

function chosen(args: readonly string[]): typeof groups {
  const only = args[args.indexOf('--only') + 1]?.split(',');
  if (!args.includes('--only') || only === undefined) return groups;
  const names = groups.flat().map(([name]) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such stage: ${unknown.join(', ')}`);
  return groups.map((group) => group.filter(([name]) => only.includes(name)));
}
