// Sees to it that the browser can draw Japanese: with the fonts that are there, else with one from the npm registry.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { madeOnce } from './madeOnce';
import { unpack, type Archive } from './npmPackages';

/** Environment variables to start the browser with; empty when the machine has a Japanese font of its own. */
export async function fontEnvironment(): Promise<Record<string, string>> {
  if (process.platform !== 'linux' || fontFolders.some(hasJapaneseFont)) return {};
  const folder = resolve('.cache/fonts');
  const config = join(folder, 'fonts.conf');
  await madeOnce(folder, async (unfinished) => {
    await unpack(notoSans, unfinished, ['package/400Regular/NotoSansJP_400Regular.ttf']);
    mkdirSync(join(unfinished, 'cache'));
    writeFileSync(join(unfinished, 'fonts.conf'), fontConfig(folder));
  });
  return { FONTCONFIG_FILE: config };
}

const fontFolders = ['/usr/share/fonts', '/usr/local/share/fonts', join(homedir(), '.fonts')];
const japaneseFont = /cjk|notos(ans|erif)jp|ipa(ex)?[gm]|takao|vl-?gothic|migmix|mplus/i;

const notoSans: Archive = {
  spec: '@expo-google-fonts/noto-sans-jp@0.4.3',
  sha512:
    'Fl+Z6vtD24HFAYsvzB0S9Nery1ly16B9PesdY0wBd+wEHAvkNglnkTUspU0HqGOubkmoa8zusJrKv6vDx1o70A==',
};

function hasJapaneseFont(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some((file) => japaneseFont.test(String(file)));
}

function fontConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;
}
