/** Where something was written: offsets in the source, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An expression of the language, already free of everything that is refused whatever the names in it mean. */
export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'none' }
    | { readonly kind: 'ellipsis' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'sequence'; readonly list: boolean; readonly items: readonly Expression[] }
    | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
    | Chain
    | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'index'; readonly object: Expression; readonly entries: readonly IndexEntry[] }
    /** Something whose fault has been noted already. */
    | { readonly kind: 'refused' }
  );

/**
 * Binary operators applied from left to right, ((first ∘ right₀) ∘ right₁) … A list and not nested pairs, so that a
 * sum of a thousand terms is no deeper than one of two.
 */
export interface Chain {
  readonly kind: 'chain';
  readonly first: Expression;
  readonly rest: readonly { readonly operator: string; readonly at: number; readonly right: Expression }[];
}

export interface Argument extends Span {
  /** Given as `name=value`. */
  readonly name?: string;
  readonly value: Expression;
}

/** One entry between the brackets of `x[…]`. */
export type IndexEntry = Span &
  (
    | { readonly kind: 'item'; readonly value: Expression }
    | {
        readonly kind: 'slice';
        readonly start: Expression | undefined;
        readonly stop: Expression | undefined;
        readonly step: Expression | undefined;
      }
  );

export interface Target extends Span {
  readonly name: string;
}

export type Statement = Span &
  /** `targets` has one list per `=`: `a = b = …` has two, `m, n = …` one of two names. */
  (
    | {
        readonly kind: 'assignment';
        readonly targets: readonly (readonly Target[])[];
        readonly value: Expression;
      }
    /** `A += …`, with the operator without its `=`. */
    | {
        readonly kind: 'update';
        readonly target: Target;
        readonly operator: string;
        readonly at: number;
        readonly value: Expression;
      }
    | { readonly kind: 'value'; readonly value: Expression }
    | { readonly kind: 'refused' }
  );
