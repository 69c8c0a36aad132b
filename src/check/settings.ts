export const methods = ['forward', 'backward', 'central', 'five-point', 'complex-step'] as const;
export type Method = (typeof methods)[number];
export const strategies = ['weight-perturbation', 'node-perturbation', 'directional'] as const;
export type Strategy = (typeof strategies)[number];

/** Which components of θ are checked. A sample is seeded and spread over every parameter. */
export type ComponentSelection =
  | 'all'
  | { readonly sample: number }
  | { readonly parameters: readonly string[] }
  /** Single components, named as `W2[2,0]`. */
  | { readonly only: readonly string[] };

/** Whether every parameter that is checked at all is checked whole. */
export function checksWholeParameters(components: ComponentSelection): boolean {
  return components === 'all' || 'parameters' in components;
}

/** How a job is checked, every default filled in. */
export interface CheckSettings {
  readonly method: Method;
  /** A number is used exactly, for every component. */
  readonly epsilon: number | 'auto';
  /** Annotates the relative difference; never decides a verdict against the component rule. */
  readonly tolerance: number;
  /** The relative error that a component may have. */
  readonly componentTolerance: number;
  readonly strategy: 'auto' | Strategy;
  readonly components: ComponentSelection;
  readonly seed: number;
  /** By these every component is differenced as well, to be shown beside; `method` alone decides. */
  readonly compareMethods?: readonly Method[];
}

export const defaultSettings: CheckSettings = {
  method: 'central',
  epsilon: 'auto',
  tolerance: 1e-7,
  componentTolerance: 1e-6,
  strategy: 'auto',
  components: 'all',
  seed: 0,
};
