/** The ways to a GPU that a page has, and who would compute there: drivers also offer the CPU under that name. */
import type { GpuAdapter } from '../../src/protocol/devices';

/** What WebGPU says of an adapter; browsers differ in how much that is. */
interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

interface WebGpu {
  requestAdapter(): Promise<
    { readonly info?: AdapterInfo; readonly isFallbackAdapter?: boolean } | null | undefined
  >;
}

const software = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export async function findAdapters(): Promise<readonly GpuAdapter[]> {
  return [await webgpuAdapter(), webgl2Adapter()];
}

async function webgpuAdapter(): Promise<GpuAdapter> {
  const { gpu } = navigator as { readonly gpu?: WebGpu };
  const adapter = await gpu?.requestAdapter().catch(() => undefined);
  if (adapter === undefined || adapter === null) {
    return { device: 'webgpu', name: '', kind: 'missing' };
  }
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info ?? {};
  const name = [vendor, architecture, description].filter(Boolean).join(' ');
  const slow = isFallbackAdapter === true || adapter.isFallbackAdapter === true;
  return { device: 'webgpu', name, kind: slow || software.test(name) ? 'software' : 'hardware' };
}

function webgl2Adapter(): GpuAdapter {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  // What kernels write are float32 numbers; without this, textures cannot take them.
  const floats: unknown = context?.getExtension('EXT_color_buffer_float') ?? undefined;
  if (context === null || floats === undefined) {
    return { device: 'webgl2', name: '', kind: 'missing' };
  }
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const told: unknown = context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  const name = typeof told === 'string' ? told : '';
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return { device: 'webgl2', name, kind: software.test(name) ? 'software' : 'hardware' };
}
