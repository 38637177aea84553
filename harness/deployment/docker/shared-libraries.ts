/** What a Linux program needs besides itself, as ldd tells it. */
import { execFileSync } from 'node:child_process';

/** Paths by which the program finds them, its loader included; none for a static one. */
export function sharedLibrariesOf(program: string): readonly string[] {
  let printed: string;
  try {
    printed = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    if (`${stdout}${stderr}`.includes('not a dynamic executable')) return [];
    throw new Error(`ldd ${program} failed: ${stderr.trim() || String(error)}`, { cause: error });
  }
  return librariesIn(printed, program);
}

/** Pure. Lines: "libm.so.6 => /lib/libm.so.6 (0x7f..)", "/lib64/ld-linux-x86-64.so.2 (0x7f..)", "linux-vdso.so.1 (0x7f..)". */
export function librariesIn(printed: string, program: string): readonly string[] {
  if (printed.includes('statically linked')) return [];
  return printed.split('\n').flatMap((line) => {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1];
    if (missing !== undefined) throw new Error(`${program} needs ${missing}, which is not on this machine`);
    return /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1] ?? [];
  });
}
