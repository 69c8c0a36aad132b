#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check-command.ts';
import { describeError } from './command-error.ts';
import { exitCode } from './exit-code.ts';
import { packageVersion } from './package-version.ts';
import { serveCommand } from './serve-command.ts';

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = new Command('gradcheck')
  .description('Checks gradients written by hand: says right, wrong or undecidable, and which component.')
  .version(packageVersion())
  .addCommand(
    checkCommand((code) => {
      process.exitCode = code;
    }),
  )
  .addCommand(serveCommand());
// Commander would end the process with 1, which means that a gradient failed.
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCode.error;
  } else {
    process.stderr.write(describeError(error));
    process.exitCode = exitCode.error;
  }
}
