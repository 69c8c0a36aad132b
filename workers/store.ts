import { parentPort, workerData } from 'node:worker_threads';
import { serveStore } from '../src/jobs/store/thread/serve-store.ts';

/** The entry of the store's thread. */
if (parentPort === null) throw new Error('This file is to be loaded by a thread.');
serveStore(parentPort, workerData);
