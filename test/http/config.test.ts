import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, settings } from '../../src/config.ts';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('has a default for every setting', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8080,
      DATA_DIR: './data',
      THREADS: availableParallelism(),
      LOG_LEVEL: 'info',
      MAX_BODY_BYTES: 16 * 1024 * 1024,
    });
    expect(Object.keys(config)).toEqual(settings.map(({ name }) => name));
  });

  it('documents every setting with its default and its meaning', () => {
    for (const setting of settings) {
      expect(setting.default, setting.name).not.toBe('');
      expect(setting.meaning, setting.name).toMatch(/\.$/);
    }
  });

  it('reads numbers and fractions of time', () => {
    const config = readConfig({ PORT: '0', RETAIN_DAYS: '0.5', THREADS: '3' });
    expect(config).toMatchObject({ PORT: 0, RETAIN_DAYS: 0.5, THREADS: 3 });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '' }).PORT).toBe(8080);
  });

  it('reports every wrong value at once, by name and with what was written', () => {
    const faults = faultsOf({
      PORT: '70000',
      THREADS: '0',
      LOG_LEVEL: 'loud',
      MAX_BODY_BYTES: '16MB',
      RETAIN_DAYS: '-1',
    });
    expect(faults).toEqual([
      'PORT must be a whole number of 0 to 65535, not "70000"',
      'THREADS must be a whole number of 1 to 1024, not "0"',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud"',
      'MAX_BODY_BYTES must be a whole number of 1 to 536870888, not "16MB"',
      'RETAIN_DAYS must be a number greater than 0, not "-1"',
    ]);
  });

  it('wants room for at least one body of the largest size', () => {
    const sizes = { MAX_BODY_BYTES: '1000', MAX_UPLOAD_BYTES: '2000', MAX_INTAKE_BYTES: '999' };
    expect(faultsOf(sizes)).toEqual([
      'MAX_INTAKE_BYTES must be at least MAX_BODY_BYTES, not "999"',
      'MAX_INTAKE_BYTES must be at least MAX_UPLOAD_BYTES, not "999"',
    ]);
  });

  it('refuses settings of parts that are not built, rather than ignore them', () => {
    expect(faultsOf({ REDIS_URL: 'redis://localhost', API_KEYS_REQUIRED: 'true' })).toEqual([
      'REDIS_URL is not supported: unset it',
      'API_KEYS_REQUIRED is not supported: unset it',
    ]);
  });
});
