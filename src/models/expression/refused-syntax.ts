const comprehension = 'comprehensions are not supported: use sum, mean and broadcasting over whole tensors';
const strings = 'strings are not supported';
const loops = 'loops are not supported: use sum, mean and broadcasting over whole tensors';
const statements = 'only assignments and the cost itself may be written';

/** Python that is understood and refused, by the grammar's name for it. */
export const refusedSyntax: Readonly<Record<string, string>> = {
  LambdaExpression:
    '`lambda` is a keyword of Python: functions cannot be defined, and a tensor cannot have that name',
  ConditionalExpression: '`… if … else …` is not supported: use where(condition, a, b)',
  ComprehensionExpression: comprehension,
  ArrayComprehensionExpression: comprehension,
  SetComprehensionExpression: comprehension,
  DictionaryComprehensionExpression: comprehension,
  DictionaryExpression: 'dictionaries are not supported',
  SetExpression: 'sets are not supported',
  String: strings,
  ContinuedString: strings,
  FormatString: 'strings and f-strings are not supported',
  NamedExpression: '`:=` is not supported: assign in a statement of its own',
  AwaitExpression: '`await` is not supported',
  YieldExpression: '`yield` is not supported',
  ImportStatement: '`import` is not supported: every function is there already, with or without `np.`',
  IfStatement: '`if` is not supported: use where(condition, a, b)',
  ForStatement: loops,
  WhileStatement: loops,
  FunctionDefinition: '`def` is not supported: functions cannot be defined',
  ClassDefinition: '`class` is not supported',
  DecoratedStatement:
    'a statement cannot start with `@`: put an expression that runs over several lines in parentheses',
  TryStatement: '`try` is not supported',
  WithStatement: '`with` is not supported',
  MatchStatement: '`match` is not supported: use where(condition, a, b)',
  DeleteStatement: '`del` is not supported',
  PassStatement: `\`pass\` is not supported: ${statements}`,
  BreakStatement: loops,
  ContinueStatement: loops,
  ReturnStatement: '`return` is not supported: the last statement is the cost, written as it is',
  YieldStatement: '`yield` is not supported',
  PrintStatement: `\`print\` is not supported: ${statements}`,
  RaiseStatement: `\`raise\` is not supported: ${statements}`,
  ScopeStatement: `\`global\` and \`nonlocal\` are not supported: ${statements}`,
  AssertStatement: `\`assert\` is not supported: ${statements}`,
  TypeDefinition: `\`type\` is not supported: ${statements}`,
};

const bitwise =
  'write & for "and" and | for "or" between comparisons in parentheses, as NumPy does, or use where';

/** Binary operators that are understood and refused. */
export const refusedOperators: Readonly<Record<string, string>> = {
  and: `\`and\` is not supported: ${bitwise}`,
  or: `\`or\` is not supported: ${bitwise}`,
  not: '`not` is not supported: write ~ before a comparison in parentheses',
  in: '`in` is not supported',
  'not in': '`not in` is not supported',
  is: '`is` is not supported: compare with ==',
  'is not': '`is not` is not supported: compare with !=',
  '<>': '`<>` is not supported: write !=',
  '<<': '`<<` is not supported',
  '>>': '`>>` is not supported',
};

/** Characters that look like an operator and are none, with what to write instead. */
export const lookalikes: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '×': '*',
  '·': '*',
  '⋅': '*',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '²': '**2',
  '³': '**3',
  '，': ',',
  '；': ';',
  '（': '(',
  '）': ')',
};

/** Words of Python that cannot be names. */
export const keywords: ReadonlySet<string> = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield None True False'
  ).split(' '),
);
