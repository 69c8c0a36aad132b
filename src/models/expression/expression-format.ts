import type { Faults } from '../../errors/fault.ts';
import { pointerTo } from '../../errors/fault.ts';
import type { Graph } from '../../graph/graph.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import type { DocumentFormat, ModelInputs } from '../model-format.ts';
import { objectReader } from '../schema-faults.ts';
import { Emitter } from './emitter.ts';
import { ExpressionFaults } from './expression-faults.ts';
import { expressionModelSchema } from './expression-model.ts';
import { StatementLowering } from './lower-statements.ts';
import { Lowering } from './lowering.ts';
import { readStatements } from './read-statements.ts';
import { Scope } from './scope.ts';
import { SourceText } from './source-text.ts';

const readModel = objectReader(expressionModelSchema);

/**
 * The cost as an expression in Python's grammar and NumPy's meaning. It is read into a tree and lowered to the graph;
 * nothing of it is ever run as code.
 */
export const expressionFormat: DocumentFormat = {
  name: 'expression',

  build(model: unknown, pointer: string, inputs: ModelInputs, faults: Faults): Graph | undefined {
    const before = faults.list.length;
    const document = readModel(model, pointer, faults);
    const graph = document && buildCost(document.cost, pointerTo(pointer, 'cost'), inputs, faults);
    return faults.list.length === before ? graph : undefined;
  },
};

function buildCost(text: string, pointer: string, inputs: ModelInputs, faults: Faults): Graph | undefined {
  const source = new SourceText(text);
  const own = new ExpressionFaults(source, pointer, faults);
  const builder = new GraphBuilder();
  const statements = readStatements(source, own);
  const lowering = new Lowering(source, own, new Scope(inputs), Emitter.for(builder));
  const cost = statements && new StatementLowering(lowering, own).lower(statements);
  own.close();
  return cost && own.none ? builder.finish(cost.node) : undefined;
}
