import { exactInteger } from './exact-integer.ts';
import type { OnnxAttribute, OnnxFile, OnnxNode, OnnxPort } from './onnx-file.ts';
import { readTensor } from './onnx-tensor.ts';
import { refuseNameTwice } from './refuse-name-twice.ts';
import { WireMessage } from './wire-message.ts';

/** Nodes that a graph may have. */
const mostNodes = 20_000;

/**
 * Reads an ONNX file. Field numbers are those of onnx.proto (github.com/onnx/onnx, version 1.22).
 * @throws OnnxRefusal with the place of what cannot be read.
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const model = WireMessage.read(bytes);
  const graph = model.message(7, 'graph');
  if (graph === undefined) throw model.refusal('holds no graph: is it an ONNX model?');
  if (graph.has(15)) throw graph.refusal('has sparse initializers, which are not supported');
  const nodes = graph.messages(1, 'node');
  if (nodes.length > mostNodes) {
    throw graph.refusal(`has ${nodes.length} nodes, but may have ${mostNodes}`);
  }
  const functions = new Set(model.messages(25, 'functions').map((each) => operatorOf(each, 10, 1)));
  const file = {
    opset: readOpset(model),
    nodes: nodes.map((each, position) => readNode(each, position, functions)),
    initializers: graph.messages(5, 'initializer').map(readTensor),
    inputs: graph.messages(11, 'input').map(readPort),
    outputs: graph.messages(12, 'output').map(readPort),
  };
  refuseNameTwice(file);
  return file;
}

/** An operator in its domain, as a node names it and as a function of the file is called. */
function operatorOf(message: WireMessage, domain: number, name: number): string {
  return JSON.stringify([message.text(domain, 'domain') ?? '', message.text(name, 'name') ?? '']);
}

/** The domain of ONNX's own operators has two names. */
export function isOwnDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function readOpset(model: WireMessage): number | undefined {
  const own = model
    .messages(8, 'opset_import')
    .filter((each) => isOwnDomain(each.text(1, 'domain') ?? ''))
    .map((each) => Number(each.integer(2, 'version') ?? 0n));
  return own.at(-1);
}

function readNode(message: WireMessage, position: number, functions: ReadonlySet<string>): OnnxNode {
  const operator = message.text(4, 'op_type') ?? '';
  const name = message.text(3, 'name') ?? '';
  const attributes = message.messages(5, 'attribute').map((each) => {
    return [each.text(1, 'name') ?? '', readAttribute(each)] as const;
  });
  return {
    source: `node ${position} (${operator}${name === '' ? '' : ` ${JSON.stringify(name.slice(0, 100))}`})`,
    operator,
    domain: message.text(7, 'domain') ?? '',
    isCall: functions.has(operatorOf(message, 7, 4)),
    inputs: message.texts(1, 'input'),
    outputs: message.texts(2, 'output'),
    attributes: new Map(attributes),
  };
}

/** By `AttributeProto.AttributeType`. */
function readAttribute(message: WireMessage): OnnxAttribute {
  const exact = (value: bigint) => exactInteger(clampToExact(value), message, 'an attribute');
  const type = Number(message.integer(20, 'type') ?? 0n);
  switch (type) {
    case 1:
      return { kind: 'float', value: message.float(2, 'f') ?? 0 };
    case 2:
      return { kind: 'int', value: exact(message.integer(3, 'i') ?? 0n) };
    case 3:
      return { kind: 'string', value: message.text(4, 's') ?? '' };
    case 4: {
      const tensor = message.message(5, 't');
      if (tensor === undefined) throw message.refusal('is a tensor, but holds none');
      return { kind: 'tensor', value: readTensor(tensor) };
    }
    case 6:
      return { kind: 'floats', value: message.floats(7, 'floats') };
    case 7:
      return { kind: 'ints', value: message.integers(8, 'ints').map(exact) };
    case 8:
      return { kind: 'strings', value: message.texts(9, 'strings') };
    default:
      return { kind: 'other', value: otherKinds.get(type) ?? `of the unknown type ${type}` };
  }
}

const otherKinds: ReadonlyMap<number, string> = new Map([
  [5, 'a graph'],
  [9, 'tensors'],
  [10, 'graphs'],
  [11, 'a sparse tensor'],
  [12, 'sparse tensors'],
  [13, 'a type'],
  [14, 'types'],
]);

/** "To the end" is written as the largest int64, which only has to stay beyond every length. */
function clampToExact(value: bigint): bigint {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  if (value > most) return most;
  return value < -most ? -most : value;
}

function readPort(message: WireMessage): OnnxPort {
  const name = message.text(1, 'name') ?? '';
  const tensor = message.message(2, 'type')?.message(1, 'tensor_type');
  const shape = tensor?.message(2, 'shape');
  return {
    name,
    dataType: tensor && Number(tensor.integer(1, 'elem_type') ?? 0n),
    axes: shape?.messages(1, 'dim').map((axis) => {
      const length = axis.integer(1, 'dim_value');
      return length === undefined
        ? axis.text(2, 'dim_param') || undefined
        : exactInteger(length, axis, 'dim_value');
    }),
  };
}
