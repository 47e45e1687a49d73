/** Kernels on a backend of GPU.js: each is compiled once for each number of dimensions and runs with any sizes. */
import gpujs, {
  type Argument,
  type GPU,
  type KernelRun,
  type NestedNumbers,
  type Result,
} from 'gpu.js';
import { keep } from '../engine/devices/gpu/kernels/rows.kernel';
import type {
  ArgumentsOf,
  GpuBackend,
  GpuLauncher,
  Handle,
  Kernel,
  Real,
} from '../engine/devices/gpu/launcher';

/** Loops whose end is an argument stop here, silently: more than any context, width or vocabulary. */
const loopMaxIterations = 1 << 20;

export class GpujsLauncher implements GpuLauncher {
  readonly backend: GpuBackend;
  readonly #gpu: GPU;
  readonly #kernels = new Map<string, KernelRun>();
  #mostNumbers = Infinity;

  /** Throws where GPU.js has no such backend. */
  constructor(backend: GpuBackend) {
    this.backend = backend;
    this.#gpu = new gpujs.GPU({ mode: backend });
  }

  /** Known once `watch` has met the device; until then no limit is. */
  get mostNumbers(): number {
    return this.#mostNumbers;
  }

  upload(values: Float32Array): Handle | Promise<Handle> {
    if (this.#isPlain) return new Values(this.backend, values.slice());
    return this.#run(keep, [values.length], [gpujs.input(values, [values.length])]);
  }

  launch<K extends Kernel>(
    kernel: K,
    output: readonly number[],
    values: ArgumentsOf<K>,
  ): Handle | Promise<Handle> {
    // A tuple of a free kernel is known to be no more than an array.
    const given = values as readonly (Handle | number | Real)[];
    return this.#run(kernel, output, given);
  }

  read(handle: Handle): Float32Array | Promise<Float32Array> {
    if (handle instanceof Values) return handle.numbers.slice();
    const result = resultOf(handle);
    const numbers = result.toArray();
    // A lost context reads as zeros, and its news may come later.
    if ('isContextLost' in result.context && result.context.isContextLost()) {
      throw new Error('webglcontextlost');
    }
    return numbers instanceof Promise ? numbers.then(flat) : flat(numbers);
  }

  release(handle: Handle): void {
    if (handle instanceof OnDevice) handle.result.delete();
  }

  /** Learns the device's limits, and tells once when it is taken away: by its driver, by the system, or because it hung. */
  async watch(onLost: (why: string) => void): Promise<void> {
    const probe = await this.upload(new Float32Array(1));
    const { context } = resultOf(probe);
    if ('device' in context) {
      this.#mostNumbers = context.device.limits.maxStorageBufferBindingSize / 4;
      void context.device.lost.then(({ reason, message }) => {
        if (reason !== 'destroyed') onLost(message);
      });
    } else {
      // Four numbers in a texel.
      this.#mostNumbers = 4 * context.getParameter(context.MAX_TEXTURE_SIZE) ** 2;
      context.canvas.addEventListener('webglcontextlost', () => {
        onLost('webglcontextlost');
      });
    }
    this.release(probe);
  }

  dispose(): void {
    this.#kernels.clear();
    // What cannot be destroyed any more is gone already.
    this.#gpu.destroy().catch(() => undefined);
  }

  /** Whether arrays are plain ones: these backends have no memory of their own. */
  get #isPlain(): boolean {
    return this.backend === 'webasm' || this.backend === 'cpu';
  }

  #run(
    kernel: Kernel,
    sizes: readonly number[],
    given: readonly (Handle | number | Real | Argument)[],
  ): Handle | Promise<Handle> {
    // Textures of other dimensions are of other classes, between which compiled kernels do not pass.
    const output = this.backend === 'webgl2' ? [...sizes, 1, 1].slice(0, 3) : sizes;
    // A kernel is its own text at run time, see kernelThread.ts.
    const source = String(kernel);
    const key = [output.length, isUpload(given), source].join(' ');
    let run = this.#kernels.get(key);
    if (run === undefined) {
      run = this.#compile(source, output, given);
      this.#kernels.set(key, run);
    }
    const result = run.setOutput(output)(...given.map(argumentOf));
    return result instanceof Promise
      ? result.then((done) => this.#handle(done))
      : this.#handle(result);
  }

  #compile(
    source: string,
    output: readonly number[],
    given: readonly (Handle | number | Real | Argument)[],
  ): KernelRun {
    const names = /\(([^)]*)\)/.exec(source)?.[1]?.split(', ') ?? [];
    const types = names.map((name, index) => [name, this.#typeOf(given[index])]);
    return this.#gpu.createKernel(source, {
      output,
      pipeline: true,
      immutable: true,
      dynamicOutput: true,
      dynamicArguments: true,
      precision: 'single',
      // The same float32 whatever the size of an array.
      tactic: 'precision',
      // Four numbers in a texel: a quarter of the memory, and textures that are square whatever the array is.
      optimizeFloatMemory: this.backend === 'webgl2',
      loopMaxIterations,
      argumentTypes: Object.fromEntries(types) as Record<string, string>,
    });
  }

  #typeOf(value: Handle | number | Real | Argument | undefined): string {
    if (typeof value === 'number') return 'Integer';
    if (typeof value === 'object' && 'real' in value) return 'Float';
    if (value instanceof OnDevice && this.backend === 'webgl2')
      return 'MemoryOptimizedNumberTexture';
    return 'Input';
  }

  #handle(result: Result | NestedNumbers): Handle {
    if (this.#isPlain) return new Values(this.backend, flat(result as NestedNumbers));
    return new OnDevice(this.backend, result as Result);
  }
}

class OnDevice implements Handle {
  constructor(
    readonly backend: GpuBackend,
    readonly result: Result,
  ) {}
}

class Values implements Handle {
  constructor(
    readonly backend: GpuBackend,
    readonly numbers: Float32Array,
  ) {}
}

function resultOf(handle: Handle): Result {
  if (handle instanceof OnDevice) return handle.result;
  throw new TypeError('These numbers are of another device.');
}

/** Whether numbers come from outside: such a kernel has other types of arguments. */
function isUpload(given: readonly (Handle | number | Real | Argument)[]): boolean {
  return given.some((value) => typeof value === 'object' && 'value' in value);
}

function argumentOf(value: Handle | number | Real | Argument): Argument {
  if (typeof value === 'number') return value;
  if (value instanceof OnDevice) return value.result;
  if (value instanceof Values) return gpujs.input(value.numbers, [value.numbers.length]);
  if ('real' in value) return value.real;
  return value as Argument;
}

function flat(numbers: NestedNumbers): Float32Array {
  if (numbers instanceof Float32Array) return numbers;
  const parts = numbers.map(flat);
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}
