// A browser page with the tests of `backendPage.ts` in it, and software adapters where there is no GPU.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as esbuild from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findBrowser } from '../harness/findBrowser';
import { softwareGpu } from '../harness/softwareGpu';

interface KernelTexts {
  readonly kernelTextsPlugin: () => esbuild.Plugin;
}

export interface GpuPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** A page on localhost, which browsers trust with WebGPU, that runs a script of ours. */
export async function openGpuPage(entry: string): Promise<GpuPage> {
  const { executablePath, args, env } = await findBrowser();
  const server = await serveEmptyPage();
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [...args, ...softwareGpu],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: await bundled(entry) });
  return {
    page,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

function serveEmptyPage(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  return new Promise((resolve) => {
    server.listen(0, () => {
      resolve(server);
    });
  });
}

async function bundled(entry: string): Promise<string> {
  const plugins = `file://${process.cwd()}/media/build/kernelTexts.mjs`;
  const { kernelTextsPlugin } = (await import(plugins)) as KernelTexts;
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    plugins: [kernelTextsPlugin()],
  });
  return outputFiles[0]?.text ?? '';
}
