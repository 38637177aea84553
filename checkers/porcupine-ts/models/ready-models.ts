/** The ready models by the names that the command line knows. */
import type { Model } from '../model.ts';
import { counter } from './counter.ts';
import { kv } from './kv.ts';
import { multiRegister } from './multi-register.ts';
import { mutex } from './mutex.ts';
import { offsetLog } from './offset-log.ts';
import { queue } from './queue.ts';
import { casRegister, register } from './register.ts';
import { set } from './set.ts';

/** Each makes a model from its options. */
export const readyModels: ReadonlyMap<string, (options?: never) => Model> = new Map<
  string,
  (options?: never) => unknown
>([
  ['register', register],
  ['cas-register', casRegister],
  ['multi-register', multiRegister],
  ['kv', kv],
  ['set', set],
  ['queue', queue],
  ['mutex', mutex],
  ['counter', counter],
  ['offset-log', offsetLog],
]) as ReadonlyMap<string, (options?: never) => Model>;
