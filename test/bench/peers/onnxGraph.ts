// Writes a graph of ONNX (onnx/onnx.proto, IR version 9, operators of set 20), one operator after the other.
import { bytes, float, message, text, wholeNumber, type Pieces } from './protobuf';

type Attribute = number | string | readonly number[] | { readonly real: number };
type ElementType = 'float32' | 'int64';

/** TensorProto.DataType */
const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7 };

export class OnnxGraph {
  readonly #parts: Pieces[] = [];
  #named = 0;

  /** Adds an operator and gives its outputs' names. */
  operators(
    type: string,
    inputs: readonly string[],
    options: {
      readonly outputs: number;
      readonly attributes?: Readonly<Record<string, Attribute>>;
    },
  ): string[] {
    const outputs = Array.from({ length: options.outputs }, () => `${type}${++this.#named}`);
    const attributes = Object.entries(options.attributes ?? {});
    this.#parts.push(
      message(1, [
        ...inputs.map((name) => text(1, name)),
        ...outputs.map((name) => text(2, name)),
        text(4, type),
        ...attributes.map(([name, value]) => attribute(name, value)),
      ]),
    );
    return outputs;
  }

  /** Adds an operator with one output and gives the output's name. */
  operator(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const [output = ''] = this.operators(type, inputs, { outputs: 1, attributes });
    return output;
  }

  /** Adds numbers that are part of the graph. */
  constant(values: Float32Array | BigInt64Array, dims: readonly number[]): string {
    const name = `constant${++this.#named}`;
    const type = values instanceof Float32Array ? 'float32' : 'int64';
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#parts.push(
      message(5, [
        ...dims.map((size) => wholeNumber(1, size)),
        wholeNumber(2, elementTypes[type]),
        text(8, name),
        bytes(9, raw),
      ]),
    );
    return name;
  }

  input(name: string, type: ElementType, dims: readonly number[]): string {
    this.#parts.push(message(11, value(name, type, dims)));
    return name;
  }

  /** Gives a result a name and hands it out. */
  output(name: string, of: string, dims: readonly number[]): void {
    this.#parts.push(message(1, [text(1, of), text(2, name), text(4, 'Identity')]));
    this.#parts.push(message(12, value(name, 'float32', dims)));
  }

  model(): Uint8Array {
    const graph = message(7, [text(2, 'graph'), ...this.#parts]);
    return Buffer.concat([...wholeNumber(1, 9), ...graph, ...message(8, [wholeNumber(2, 20)])]);
  }
}

function attribute(name: string, value: Attribute): Pieces {
  return message(5, [text(1, name), ...attributeValue(value)]);
}

/** AttributeProto: the value in the field of its type, and the type. */
function attributeValue(value: Attribute): Pieces[] {
  if (typeof value === 'number') return [wholeNumber(3, value), wholeNumber(20, 2)];
  if (typeof value === 'string') return [text(4, value), wholeNumber(20, 3)];
  if ('real' in value) return [float(2, value.real), wholeNumber(20, 1)];
  return [...value.map((one) => wholeNumber(8, one)), wholeNumber(20, 7)];
}

/** ValueInfoProto: a name, and the type and sizes of a tensor. */
function value(name: string, type: ElementType, dims: readonly number[]): Pieces[] {
  const sizes = message(
    2,
    dims.map((size) => message(1, [wholeNumber(1, size)])),
  );
  return [text(1, name), message(2, [message(1, [wholeNumber(1, elementTypes[type]), sizes])])];
}
