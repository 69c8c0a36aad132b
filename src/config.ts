import { availableParallelism } from 'node:os';
import { z } from 'zod';

const MIB = 2 ** 20;

/** What one WebAssembly memory can address. */
const LARGEST_MEMORY = 2 ** 32;
/**
 * The longest JSON body that can be read: a string of V8 has at most 2^29 - 24 characters (`String::kMaxLength`).
 */
const LONGEST_JSON = 2 ** 29 - 24;

/** What one buffer of Node 20 can hold. */
const LARGEST_BODY = 2 ** 32;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A whole number, as the environment writes it. */
function integer(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const message = `must be a whole number of ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** A length of time; fractions are allowed. */
function duration() {
  const message = 'must be a number greater than 0';
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, message)
    .transform(Number)
    .refine((value) => value > 0, message);
}

/** Every setting of the service: environment variable, default and meaning, in a reader's order. */
const configSchema = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: integer(0, 65_535).default(8080).describe('Port to listen on; 0 picks a free one.'),
  DATA_DIR: z.string().default('./data').describe('Folder of the embedded store; ":memory:" keeps nothing.'),
  THREADS: integer(1, 1024).default(availableParallelism()).describe('Worker threads that run shards.'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .describe('The least severe log line that is written.'),
  MAX_BODY_BYTES: integer(1, LONGEST_JSON)
    .default(16 * MIB)
    .describe('Largest JSON body, in bytes after inflation.'),
  MAX_UPLOAD_BYTES: integer(1, LARGEST_BODY)
    .default(1024 * MIB)
    .describe('Largest multipart body, in bytes after inflation.'),
  MAX_INTAKE_BYTES: integer(1)
    .default(1024 * MIB)
    .describe('Most bytes of bodies that are received and read at once; more are answered 503.'),
  MAX_TENSOR_BYTES: integer(1)
    .default(2048 * MIB)
    .describe("Largest sum of a job's tensors, as float64."),
  MAX_COMPONENTS: integer(1).default(20_000_000).describe('Most components that θ may have.'),
  MAX_JOB_SECONDS: duration()
    .default(3600)
    .describe('Most estimated work of a job, in seconds on one thread.'),
  MAX_MEMORY_BYTES: integer(1, LARGEST_MEMORY)
    .default(2048 * MIB)
    .describe('Most memory that a job may need while it runs, in bytes.'),
  MAX_QUEUED_JOBS: integer(1)
    .default(10_000)
    .describe('Most jobs that have not ended; more are answered 503.'),
  MAX_QUEUED_SECONDS: duration()
    .default(14_400)
    .describe('Most estimated work that has not ended, in seconds on one thread; more is answered 503.'),
  MAX_CLIENT_JOBS: integer(1)
    .default(1000)
    .describe('Most jobs of one client that have not ended; more are answered 429.'),
  JOB_DEADLINE_SECONDS: duration()
    .default(86_400)
    .describe('A job that runs longer fails with deadline-exceeded.'),
  SHARD_TIMEOUT_SECONDS: duration()
    .default(60)
    .describe('A shard that runs longer is taken for hung and its thread is replaced.'),
  RETAIN_DAYS: duration().default(30).describe('Days that a job is kept after its end.'),
  RETAIN_JOBS: integer(1).default(100_000).describe('Most ended jobs that are kept; the oldest go first.'),
  RETAIN_BYTES: integer(1)
    .default(10 * 1024 * MIB)
    .describe('Most bytes that ended jobs may keep; the oldest go first.'),
});

/** Also what no setting can tell alone. */
const consistentSchema = configSchema
  .refine((config) => config.MAX_INTAKE_BYTES >= config.MAX_BODY_BYTES, {
    path: ['MAX_INTAKE_BYTES'],
    message: 'must be at least MAX_BODY_BYTES',
  })
  .refine((config) => config.MAX_INTAKE_BYTES >= config.MAX_UPLOAD_BYTES, {
    path: ['MAX_INTAKE_BYTES'],
    message: 'must be at least MAX_UPLOAD_BYTES',
  });

/** The typed settings, under the names of their environment variables. */
export type Config = Readonly<z.output<typeof configSchema>>;

export interface Setting {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
}

/** What `gradcheck serve --help` and the documentation say of the settings. */
export const settings: readonly Setting[] = Object.entries(configSchema.shape).map(([name, schema]) => ({
  name,
  default: String(schema.def.defaultValue),
  meaning: schema.description ?? '',
}));

/** Settings of parts that are not built: setting one would silently do nothing, so it is refused. */
const UNBUILT = ['DATABASE_URL', 'REDIS_URL', 'API_KEYS_REQUIRED'];

/** The environment holds wrong values; `faults` has one sentence for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/**
 * Reads the settings from an environment. A variable that is empty counts as not set.
 * @throws ConfigError that lists every wrong value.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const unbuilt = UNBUILT.filter((name) => environment[name]).map(
    (name) => `${name} is not supported: unset it`,
  );
  const written = Object.fromEntries(settings.map(({ name }) => [name, environment[name] || undefined]));
  const result = consistentSchema.safeParse(written);
  const wrong = (result.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return `${name} ${issue.message}, not "${environment[name] || defaultOf(name)}"`;
  });
  if (result.success && unbuilt.length === 0) return result.data;
  throw new ConfigError([...unbuilt, ...wrong]);
}

function defaultOf(name: string): string {
  return settings.find((setting) => setting.name === name)?.default ?? '';
}
