import type { RegionMap } from '../../graph/region.ts';
import type { ShardEntry } from '../shard.ts';

type UnitEntries = Pick<ShardEntry, 'components' | 'numeric' | 'crossed' | 'bound'>;

/**
 * Collects the derivatives by one parameter that follow from units in a row, unit after unit, and gives them with the
 * pattern of the components they belong to. Units whose entries interleave evenly (columns of a matrix) or follow each
 * other (rows) make a pattern of blocks; any others a list.
 */
export class UnitValues {
  readonly #map: RegionMap;
  readonly #entries: Int32Array | undefined;
  readonly #starts: number[] = [];
  readonly #values: Float64Array;
  readonly #crossed: number[] = [];

  /** @param entries for each entry that the map speaks of, the parameter's; −1 for none. Itself if left out */
  constructor(map: RegionMap, units: number, entries?: Int32Array) {
    this.#map = map;
    this.#entries = entries;
    this.#values = new Float64Array(units * map.size);
  }

  /** Adds one unit's derivatives, whose entries start at `start` in the parameter. */
  add(values: Float64Array, start: number, crossed: boolean): void {
    this.#values.set(values, this.#starts.length * this.#map.size);
    if (crossed) this.#crossed.push(this.#starts.length);
    this.#starts.push(start);
  }

  /** @param rounding what rounding can have done to the entries of one unit */
  finish(rounding: Float64Array): UnitEntries {
    if (this.#entries !== undefined) return this.#asMoved(this.#entries, rounding);
    const stride = this.#columnStride();
    if (stride !== undefined) return this.#asColumns(stride, rounding);
    const { size } = this.#map;
    const crossed = Uint32Array.from(
      this.#crossed.flatMap((unit) => Array.from({ length: size }, (_, i) => unit * size + i)),
    );
    if (this.#areRows()) {
      const [start] = this.#starts;
      const components = { kind: 'blocks', start, count: this.#values.length, blocks: 1, stride: 0 } as const;
      return { components, numeric: this.#values, crossed, bound: { values: rounding, repeat: 1 } };
    }
    return {
      components: { kind: 'list', indices: this.#places() },
      numeric: this.#values,
      crossed,
      bound: { values: rounding, repeat: 1 },
    };
  }

  /** Where the entries of all units lie. */
  #places(): Uint32Array {
    const { table, size } = this.#map;
    const places = new Uint32Array(this.#values.length);
    this.#starts.forEach((start, unit) => {
      for (let i = 0; i < size; i++) places[unit * size + i] = start + (table === undefined ? i : table[i]);
    });
    return places;
  }

  /** Without the entries that are none of the parameter's. */
  #asMoved(entries: Int32Array, rounding: Float64Array): UnitEntries {
    const { size } = this.#map;
    const places = this.#places();
    const own = [...places.keys()].filter((i) => entries[places[i]] >= 0);
    const crossed = new Set(this.#crossed);
    return {
      components: { kind: 'list', indices: Uint32Array.from(own, (i) => entries[places[i]]) },
      numeric: Float64Array.from(own, (i) => this.#values[i]),
      crossed: Uint32Array.from(own.keys()).filter((at) => crossed.has(Math.floor(own[at] / size))),
      bound: { values: Float64Array.from(own, (i) => rounding[i % size]), repeat: 1 },
    };
  }

  /** The step between a unit's entries when units are neighbouring columns. */
  #columnStride(): number | undefined {
    const { table, size } = this.#map;
    if (table === undefined || size < 2) return undefined;
    const stride = table[1] - table[0];
    const isEven = table.every((offset, i) => offset === i * stride);
    const [first] = this.#starts;
    return isEven &&
      stride >= this.#starts.length &&
      this.#starts.every((start, unit) => start === first + unit)
      ? stride
      : undefined;
  }

  #areRows(): boolean {
    const [first] = this.#starts;
    const { table, size } = this.#map;
    return table === undefined && this.#starts.every((start, unit) => start === first + unit * size);
  }

  #asColumns(stride: number, rounding: Float64Array): UnitEntries {
    const { size } = this.#map;
    const units = this.#starts.length;
    const numeric = new Float64Array(this.#values.length);
    for (let unit = 0; unit < units; unit++) {
      for (let i = 0; i < size; i++) numeric[i * units + unit] = this.#values[unit * size + i];
    }
    const crossed = this.#crossed.flatMap((unit) => Array.from({ length: size }, (_, i) => i * units + unit));
    const components = {
      kind: 'blocks',
      start: this.#starts[0],
      count: units,
      blocks: size,
      stride,
    } as const;
    const bound = { values: rounding, repeat: units };
    return { components, numeric, crossed: Uint32Array.from(crossed), bound };
  }
}
