/** A second, closer look at a component: central differences with a good step and half of it. */
export interface Refinement {
  readonly numeric: number;
  /** h of `numeric`. */
  readonly step: number;
  /** How far `numeric` may be off: by rounding, and by truncation, which is given apart as well. */
  readonly bound: number;
  readonly truncation: number;
  /** Set where a kink lies within every step tried: J has no derivative there, but a slope on either side. */
  readonly kink?: Kink;
}

export interface Kink {
  readonly left: number;
  readonly right: number;
  /** How far the two slopes may be off. */
  readonly bound: number;
  /** Entries of piecewise ops that have the kink. */
  readonly pieces: number;
}
