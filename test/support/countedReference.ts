// The reference device with its arithmetic counted: its own sources, in which every operation goes through a tally.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import type { Device } from '../../src/engine/devices/device';
import type { Counted } from './countedNumbers';
import { CountedArray, Tally } from './countedNumbers';

type Exports = Record<string, unknown>;

export function countedReference(): { readonly device: Device; readonly tally: Tally } {
  const tally = new Tally();
  const tools = toolsOf(tally);
  const modules = new Map<string, Exports>();
  const load = (file: string): Exports => {
    const known = modules.get(file);
    if (known !== undefined) return known;
    const exports: Exports = {};
    modules.set(file, exports);
    const require = (name: string): Exports => load(join(dirname(file), `${name}.ts`));
    const run = compileFunction(translated(file), ['exports', 'require', 'counted']);
    (run as (...given: unknown[]) => void)(exports, require, tools);
    return exports;
  };
  const { ReferenceDevice } = load('src/engine/devices/reference/referenceDevice.ts');
  return { device: new (ReferenceDevice as new () => Device)(), tally };
}

function toolsOf(tally: Tally) {
  return {
    operate: (kind: string, a: unknown, b: unknown) => tally.operate(kind, a, b),
    negate: (a: number | Counted) => tally.negate(a),
    call: (run: (...given: number[]) => number, ...given: number[]) => tally.call(run, given),
    at: (array: unknown, index: unknown): unknown => {
      if (array instanceof CountedArray) return array.at(Number(index));
      if (array instanceof Int32Array) tally.read(-1, Number(index));
      return (array as Record<string, unknown>)[String(index)];
    },
    put: (array: CountedArray, index: number, value: number | Counted) => {
      array.put(index, value);
    },
    Numbers: class extends CountedArray {
      constructor(length: number) {
        super(tally, length);
      }
    },
  };
}

/** Only what computes is counted; what it imports from elsewhere is as it is. */
function translated(file: string): string {
  const isCounted = file.includes('/reference/');
  return ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    ...(isCounted ? { transformers: { before: [countArithmetic] } } : {}),
  }).outputText;
}

const binary = new Map([
  [ts.SyntaxKind.PlusToken, '+'],
  [ts.SyntaxKind.MinusToken, '-'],
  [ts.SyntaxKind.AsteriskToken, '*'],
  [ts.SyntaxKind.SlashToken, '/'],
  [ts.SyntaxKind.AsteriskAsteriskToken, '**'],
]);
const assigning = new Map([
  [ts.SyntaxKind.PlusEqualsToken, '+'],
  [ts.SyntaxKind.MinusEqualsToken, '-'],
  [ts.SyntaxKind.AsteriskEqualsToken, '*'],
  [ts.SyntaxKind.SlashEqualsToken, '/'],
]);

function countArithmetic(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory: make } = context;
  const tool = (name: string, ...given: readonly ts.Expression[]): ts.Expression => {
    const place = make.createPropertyAccessExpression(make.createIdentifier('counted'), name);
    return make.createCallExpression(place, undefined, given);
  };
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeNode(node)) return node;
    if (ts.isBinaryExpression(node)) return binaryOf(node);
    if (ts.isElementAccessExpression(node)) {
      return tool('at', expression(node.expression), expression(node.argumentExpression));
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
      return tool('negate', expression(node.operand));
    }
    if (ts.isNewExpression(node) && /^Float(32|64)Array$/.test(node.expression.getText())) {
      const numbers = make.createPropertyAccessExpression(
        make.createIdentifier('counted'),
        'Numbers',
      );
      return make.createNewExpression(numbers, undefined, node.arguments?.map(expression));
    }
    if (ts.isCallExpression(node) && /^(Math\.\w+|erf)$/.test(node.expression.getText())) {
      return tool('call', node.expression, ...node.arguments.map(expression));
    }
    return ts.visitEachChild(node, visit, context);
  };
  const expression = (node: ts.Expression): ts.Expression => visit(node) as ts.Expression;
  const binaryOf = (node: ts.BinaryExpression): ts.Node => {
    const { left, right, operatorToken } = node;
    const kind = binary.get(operatorToken.kind);
    if (kind !== undefined) {
      return tool('operate', make.createStringLiteral(kind), expression(left), expression(right));
    }
    const changes = assigning.get(operatorToken.kind);
    const isPlain = operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (changes === undefined && !isPlain) return ts.visitEachChild(node, visit, context);
    const value =
      changes === undefined
        ? expression(right)
        : tool('operate', make.createStringLiteral(changes), expression(left), expression(right));
    if (ts.isElementAccessExpression(left)) {
      const place = [expression(left.expression), expression(left.argumentExpression)];
      return tool('put', ...place, value);
    }
    return make.createBinaryExpression(left, ts.SyntaxKind.EqualsToken, value);
  };
  return (file) => ts.visitEachChild(file, visit, context);
}
