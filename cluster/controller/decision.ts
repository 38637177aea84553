/** What the controller decides on one request: a response code, and the events that change its state. */
import { ResponseCode } from '../remoting/response-code.ts';
import type { ControllerEvent } from './controller-event.ts';

export interface Decision {
  readonly code: number;
  readonly remark?: string;
  readonly events: readonly ControllerEvent[];
}

export function refuse(code: number, remark: string): Decision {
  return { code, remark, events: [] };
}

export function accept(...events: readonly ControllerEvent[]): Decision {
  return { code: ResponseCode.SUCCESS, events };
}
