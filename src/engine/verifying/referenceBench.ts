import type { ProductSum } from '../../protocol/runs';
import { ReferenceDevice } from '../devices/reference/referenceDevice';
import type { DeviceArray, Matrix } from '../devices/device';

/** A number that was computed again. */
export interface Recomputed {
  readonly value: number;
  readonly products: ProductSum | undefined;
}

/** The reference device with short ways to bring operands to it. Whoever makes it disposes it. */
export class ReferenceBench {
  readonly device = new ReferenceDevice();

  array(values: Float32Array): DeviceArray {
    const array = this.device.allocate(values.length);
    this.device.write(array, 0, values);
    return array;
  }

  /** [inputs, outputs], in the order of `values`. */
  matrix(values: Float32Array, inputs: number): Promise<Matrix> {
    const shape = { inputs, outputs: values.length / inputs, layout: 'in-out' } as const;
    return this.device.matrix(shape, whole(values));
  }

  async first(array: DeviceArray, at = 0): Promise<number> {
    const [value] = await this.device.read(array, at, 1);
    return value;
  }

  /** left · right + bias, with its largest products. */
  async dot(sum: {
    readonly left: Float32Array;
    readonly right: Float32Array;
    readonly bias?: Float32Array | undefined;
  }): Promise<Recomputed> {
    const { left, right, bias } = sum;
    const out = this.device.allocate(1);
    this.device.linear({
      x: this.array(left),
      weight: await this.matrix(right, right.length),
      bias: bias && this.array(bias),
      out,
      rows: 1,
    });
    return {
      value: await this.first(out),
      products: productSum(left, right, { bias: bias?.[0] ?? 0, factor: 1 }),
    };
  }

  dispose(): void {
    this.device.dispose();
  }
}

/** How many products are told one by one. */
const told = 8;

/** The products of two vectors in float64, the largest first. */
export function productSum(
  left: Float32Array,
  right: Float32Array,
  { bias, factor }: Pick<ProductSum, 'bias' | 'factor'>,
): ProductSum {
  const products = Array.from(left, (value, index) => {
    return { index, left: value, right: right[index], product: value * right[index] };
  });
  products.sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.index - b.index);
  const others = products.slice(told).reduce((sum, { product }) => sum + product, 0);
  return { count: left.length, top: products.slice(0, told), others, bias, factor };
}

async function* whole(values: Float32Array): AsyncIterable<{
  readonly offset: number;
  readonly values: Float32Array;
}> {
  yield await Promise.resolve({ offset: 0, values });
}
