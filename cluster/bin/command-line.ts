/** The options that all the programs share: RocketMQ's -c, -n, -p and -h. */

export interface CommandLine {
  readonly configPath: string | undefined;
  /** Of -n: nameservers, in place of namesrvAddr. */
  readonly nameservers: string | undefined;
  /** Print all configuration and end. */
  readonly isPrintWanted: boolean;
  readonly isHelpWanted: boolean;
}

export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

const withValue: Readonly<Record<string, 'configPath' | 'nameservers'>> = {
  '-c': 'configPath',
  '--configFile': 'configPath',
  '-n': 'nameservers',
  '--namesrvAddr': 'nameservers',
};
const flags: Readonly<Record<string, 'isPrintWanted' | 'isHelpWanted'>> = {
  '-p': 'isPrintWanted',
  '--printConfigItem': 'isPrintWanted',
  '-m': 'isPrintWanted',
  '--printImportantConfig': 'isPrintWanted',
  '-h': 'isHelpWanted',
  '--help': 'isHelpWanted',
};

/** Throws CommandLineError. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const line = {
    configPath: undefined as string | undefined,
    nameservers: undefined as string | undefined,
    isPrintWanted: false,
    isHelpWanted: false,
  };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const valued = withValue[arg];
    const flag = flags[arg];
    if (flag !== undefined) line[flag] = true;
    else if (valued === undefined)
      throw new CommandLineError(`unknown option "${arg}"; known: -c FILE, -n host:port;..., -p, -h`);
    else {
      index += 1;
      const value = args[index];
      if (value === undefined) throw new CommandLineError(`${arg}: wanted a value behind it, got nothing`);
      line[valued] = value;
    }
  }
  return line;
}

export function helpText(program: string, what: string, hasNameservers: boolean): string {
  return [
    `usage: ${program} [-c FILE]${hasNameservers ? ' [-n host:port;host:port]' : ''} [-p] [-h]`,
    '',
    what,
    '',
    '  -c, --configFile FILE       properties file',
    ...(hasNameservers
      ? ['  -n, --namesrvAddr LIST      nameservers, in place of namesrvAddr and NAMESRV_ADDR']
      : []),
    '  -p, --printConfigItem       print all configuration and end',
    '  -h, --help                  print this and end',
    '',
    'SIGTERM and SIGINT are a clean stop. Exit codes: 0 stopped, 1 could not start or broke down, 70 a broken invariant.',
    '',
  ].join('\n');
}
