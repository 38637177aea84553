/** Where a queue ends and begins: GET_MAX_OFFSET (30), GET_MIN_OFFSET (31). */
import type { RequestContext } from '../../remoting/channel.ts';
import {
  getMaxOffsetRequestHeader,
  getMaxOffsetResponseHeader,
} from '../../remoting/header/get-max-offset.ts';
import { getMinOffsetRequestHeader } from '../../remoting/header/get-min-offset.ts';
import type { RemotingServer } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import { type BrokerServices, notMasterResponse } from '../broker-services.ts';
import { whenTailIsKnown } from '../tail-claim.ts';
import { queueFault } from './queue-checks.ts';

export class QueueOffsetProcessor {
  readonly #services: BrokerServices;

  constructor(services: BrokerServices) {
    this.#services = services;
  }

  register(server: RemotingServer): void {
    const { store } = this.#services;
    server.handle(RequestCode.GET_MAX_OFFSET, (context) => {
      // `committed=false` asks for what is not confirmed: nobody may act on it, so it is answered alike.
      const header = getMaxOffsetRequestHeader.decode(context.request.extFields);
      this.#answer(context, header, () => store.queueMaxOffset(header.topic, header.queueId));
    });
    server.handle(RequestCode.GET_MIN_OFFSET, (context) => {
      const header = getMinOffsetRequestHeader.decode(context.request.extFields);
      this.#answer(context, header, () => store.queueMinOffset(header.topic, header.queueId));
    });
  }

  #answer(
    context: RequestContext,
    asked: { readonly topic: string; readonly queueId: number; readonly replicaRead: boolean },
    offset: () => number,
  ): void {
    const fault = queueFault(this.#services, asked, 'offset');
    if (fault !== undefined) {
      context.respond(fault);
      return;
    }
    const answer = (): void =>
      context.respond({
        code: ResponseCode.SUCCESS,
        extFields: getMaxOffsetResponseHeader.encode({ offset: offset() }),
      });
    if (asked.replicaRead) {
      answer();
      return;
    }
    whenTailIsKnown(this.#services, (isKnown) => {
      if (isKnown) answer();
      else context.respond(this.#unknownTail());
    });
  }

  #unknownTail() {
    const role = this.#services.role();
    return role.kind === 'master'
      ? {
          code: ResponseCode.SERVICE_NOT_AVAILABLE,
          remark: 'the replicas in sync have not confirmed that this broker is still their master',
        }
      : notMasterResponse(role);
  }
}
