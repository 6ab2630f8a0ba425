/** The command line: settings become flags from their table, and each command says what it does. */
import { Command } from 'commander';
import { settingRows } from '../config.ts';
import type { Setting } from '../config.ts';

export interface Commands {
  readonly start: (flags: Readonly<Record<string, unknown>>, settingsFile: string | undefined) => Promise<void>;
  readonly import: (
    file: string,
    flags: Readonly<Record<string, unknown>>,
    settingsFile: string | undefined,
  ) => Promise<void>;
}

/** Settings that say where the state is; the other commands need no more. */
const stateSettings: readonly string[] = ['data', 'database', 'keyFile', 'region', 'logLevel'];

function addSettings(command: Command, wanted: (row: Setting) => boolean): Command {
  for (const row of settingRows) {
    if (row.flag !== undefined && wanted(row)) command.option(row.flag, `${row.help} [${row.env}]${shown(row)}`);
  }
  return command.option('--settings <file>', 'settings file instead of stagedoor.yaml');
}

const shown = (row: Setting): string =>
  row.default === '' || row.default === false ? '' : ` (default ${row.default})`;

/** Builds the program; commands of other parts register themselves on it. */
export function createProgram(commands: Commands, version: string): Command {
  const program = new Command('stagedoor')
    .description('Identity and access management for live video that people run themselves, wire-compatible with AWS.')
    .version(version)
    .showHelpAfterError()
    .addHelpText('after', '\nSettings also come from the environment and from stagedoor.yaml; a flag wins over both.');
  addSettings(program.command('start').description('serve'), () => true).action((flags: Record<string, unknown>) => {
    const { settings, ...rest } = flags;
    return commands.start(rest, settings as string | undefined);
  });
  addSettings(
    program
      .command('import')
      .argument('<file>', 'YAML or JSON, see docs/import.md')
      .description('load accounts, users, keys and resources with chosen ids, names and keys'),
    (row) => stateSettings.includes(row.name),
  ).action((file: string, flags: Record<string, unknown>) => {
    const { settings, ...rest } = flags;
    return commands.import(file, rest, settings as string | undefined);
  });
  return program;
}
