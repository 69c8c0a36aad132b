import type { Log } from '../../log.ts';
import type { ChunkStore } from '../chunk-store.ts';
import type { JobStore } from '../job-store.ts';
import type { ResultStore } from '../result-store.ts';
import type { Failure } from './failure.ts';

/** What a store's thread serves. Numbers that may be many cross as bytes, about a chunk's at most at a time. */
export interface ServedStore {
  readonly jobs: Omit<JobStore, 'putShardResult' | 'shardResults'>;
  readonly chunks: ChunkStore;
  readonly results: ResultStore;
  readonly life: StoreLife;
}

export interface StoreLife {
  ping(): Promise<void>;
  /** Commits what was asked for and closes the database. */
  close(): Promise<void>;
}

export type MethodOf<P extends keyof ServedStore> = keyof ServedStore[P] & string;
export type ArgumentsOf<P extends keyof ServedStore, M extends MethodOf<P>> = ServedStore[P][M] extends (
  ...args: infer A
) => unknown
  ? A
  : never;
export type ResultOf<P extends keyof ServedStore, M extends MethodOf<P>> = ServedStore[P][M] extends (
  ...args: never[]
) => Promise<infer R>
  ? R
  : never;

/** A call of one method of a part. Its number is given back with the answer. */
export type Call = readonly [
  number: number,
  part: keyof ServedStore,
  method: string,
  args: readonly unknown[],
];

/** The number that the opening of the store is answered under; calls have greater ones. */
export const OPENING = 0;

/** Calls of one turn of the caller's event loop, in order. */
export interface CallMessage {
  /** The caller's time, in ms since 1970: the clock of the store. */
  readonly now: number;
  readonly calls: readonly Call[];
}

/** The value that a call came to, or what it threw. */
export type Answer = readonly [number: number, value: unknown, failure?: Failure];

export type ThreadMessage =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  | {
      readonly kind: 'log';
      readonly level: keyof Log;
      readonly details: object;
      readonly message: string;
    };

/** What a store's thread is started with. */
export interface ThreadStart {
  readonly path: string;
}
