/** The part of GPU.js 2.24.1 that is used here; its own declarations lack kernels of WebGPU and name DOM types. */
declare module 'gpu.js' {
  /** Numbers on the device: a texture, a buffer, or plain arrays on backends without a device of their own. */
  export interface Result {
    toArray(): NestedNumbers | Promise<NestedNumbers>;
    delete(): void;
    readonly context: BufferContext | TextureContext;
  }
  /** Of WebGPU: `lost` settles when the device is gone. */
  export interface BufferContext {
    readonly device: {
      readonly limits: { readonly maxStorageBufferBindingSize: number };
      readonly lost: Promise<{ readonly reason: string | undefined; readonly message: string }>;
    };
  }
  /** Of WebGL. */
  export interface TextureContext {
    readonly MAX_TEXTURE_SIZE: number;
    getParameter(name: number): number;
    isContextLost(): boolean;
    readonly canvas: { addEventListener(type: 'webglcontextlost', listener: () => void): void };
  }
  /** One, two or three dimensions. */
  export type NestedNumbers = Float32Array | readonly NestedNumbers[];
  /** A flat array with sizes. */
  export interface Input {
    readonly value: Float32Array;
  }
  export type Argument = Input | Result | number;

  export interface KernelRun {
    (...values: Argument[]): Result | NestedNumbers | Promise<Result>;
    setOutput(output: readonly number[]): this;
    destroy(): void;
  }
  export interface KernelSettings {
    readonly output: readonly number[];
    readonly pipeline?: boolean;
    readonly immutable?: boolean;
    readonly dynamicOutput?: boolean;
    readonly dynamicArguments?: boolean;
    readonly precision: 'single';
    readonly tactic?: 'precision';
    readonly optimizeFloatMemory?: boolean;
    readonly loopMaxIterations: number;
    readonly argumentTypes?: Readonly<Record<string, string>>;
    /** Numbers that stay with the kernel. */
    readonly constants?: Readonly<Record<string, Input | number>>;
  }
  export class GPU {
    constructor(settings: { readonly mode: string });
    createKernel(source: string, settings: KernelSettings): KernelRun;
    destroy(): Promise<void>;
  }

  const gpujs: {
    readonly GPU: typeof GPU;
    readonly input: (value: Float32Array, size: readonly number[]) => Input;
  };
  export { gpujs as default };
}
