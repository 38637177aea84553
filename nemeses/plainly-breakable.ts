/** What a world that only kills, pauses and cuts says to all further verbs. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type {
  Ability,
  ClockProbe,
  ClockSetting,
  DelayProbe,
  DiskDamage,
  DiskProbe,
  DiskTrouble,
  LinkShape,
  Shaping,
  UnsyncedWrites,
} from './nemesis.ts';

export abstract class PlainlyBreakable {
  readonly abilities: ReadonlySet<Ability> = new Set();

  setClock(_node: string, _setting: ClockSetting): Promise<void> {
    return cannot('set clocks');
  }

  probeClock(_node: string): Promise<ClockProbe> {
    return cannot('read clocks');
  }

  breakDisk(_node: string, _trouble: DiskTrouble): Promise<void> {
    return cannot('break disks');
  }

  mendDisk(_node: string): Promise<void> {
    return cannot('mend disks');
  }

  probeDisk(_node: string): Promise<DiskProbe> {
    return cannot('try disks');
  }

  cutPower(_node: string, _unsynced: UnsyncedWrites): Promise<string | undefined> {
    return cannot('cut the power');
  }

  damageDisk(_node: string, _damage: DiskDamage): Promise<string> {
    return cannot('damage disks');
  }

  shapeLinks(_links: readonly FaultLink[], _shape: LinkShape): Promise<Shaping> {
    return cannot('shape links');
  }

  wipe(_node: string): Promise<string> {
    return cannot('empty disks');
  }

  shapedLinks(): readonly FaultLink[] {
    return [];
  }

  probeDelays(_links: readonly FaultLink[], _bytes?: number): Promise<readonly DelayProbe[]> {
    return cannot('measure links');
  }
}

function cannot(what: string): Promise<never> {
  return Promise.reject(new Error(`this world cannot ${what}; the simulated one can: --deployment sim`));
}
