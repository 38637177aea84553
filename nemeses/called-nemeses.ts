/** Nemeses that are called by name and drawn by nobody: they change the group itself, or need it whole. */
import { controllerMajorityDown } from './controller-majority-down.ts';
import { membership } from './membership.ts';
import type { Nemesis } from './nemesis.ts';
import { rollingRestart } from './rolling-restart.ts';
import { transferMaster } from './transfer-master.ts';

export const calledNemeses: readonly Nemesis[] = [
  membership,
  transferMaster,
  controllerMajorityDown,
  rollingRestart,
];
