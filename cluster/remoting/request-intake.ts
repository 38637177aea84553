/** Hands requests to handlers, pairs their answers, and counts what is not answered yet. */
import assert from 'node:assert/strict';
import type { Runtime } from '../runtime/runtime.ts';
import type { RequestContext, RequestHandler, Response } from './channel.ts';
import type { RemotingConnection } from './connection.ts';
import { FrameError } from './frame-error.ts';
import { HeaderError } from './header-error.ts';
import { isOneway, type RemotingCommand } from './remoting-command.ts';
import { requestCodeName } from './request-code.ts';
import { ResponseCode } from './response-code.ts';

export class RequestIntake {
  readonly #runtime: Runtime;
  readonly #unansweredMax: number;
  readonly #handlers = new Map<number, RequestHandler>();
  readonly #connections = new Map<RemotingConnection, ConnectionRequests>();
  /** Of open connections. */
  #unanswered = 0;
  /** Handlers still at work for connections that are closed. */
  #orphans = 0;

  readonly #otherwise: RequestHandler | undefined;

  /** `unansweredMax` is per connection; `otherwise` takes the codes without a handler of their own. */
  constructor(runtime: Runtime, unansweredMax: number, otherwise?: RequestHandler) {
    this.#runtime = runtime;
    this.#unansweredMax = unansweredMax;
    this.#otherwise = otherwise;
  }

  handle(code: number, handler: RequestHandler): void {
    assert(!this.#handlers.has(code), `${requestCodeName(code)} has a handler already`);
    this.#handlers.set(code, handler);
  }

  /** Requests whose answer an open connection waits for, and promises of handlers that still run for closed ones. */
  unansweredRequests(): number {
    return this.#unanswered + this.#orphans;
  }

  opened(connection: RemotingConnection): void {
    this.#connections.set(connection, { unanswered: 0, running: 0, isPaused: false });
  }

  closed(connection: RemotingConnection): void {
    const requests = this.#connections.get(connection);
    if (requests === undefined) return;
    this.#connections.delete(connection);
    this.#unanswered -= requests.unanswered;
    this.#orphans += requests.running;
  }

  take(connection: RemotingConnection, request: RemotingCommand): void {
    const requests = this.#connections.get(connection);
    if (requests === undefined) return;
    const handler = this.#handlers.get(request.code) ?? this.#otherwise;
    if (handler === undefined) {
      if (!isOneway(request)) connection.sendResponse(notSupported(request.code), request.opaque);
      return;
    }
    const context = new Context(this, connection, request);
    if (!isOneway(request)) this.#began(connection, requests);
    try {
      const running = handler(context);
      if (running !== undefined) this.#follow(connection, requests, running, context);
    } catch (error) {
      this.#failed(context, error);
    }
  }

  /** For Context alone. */
  answered(connection: RemotingConnection): void {
    const requests = this.#connections.get(connection);
    if (requests === undefined) return;
    this.#unanswered--;
    requests.unanswered--;
    if (requests.isPaused && requests.unanswered <= this.#unansweredMax / 2) {
      requests.isPaused = false;
      connection.resumeReading();
    }
  }

  #began(connection: RemotingConnection, requests: ConnectionRequests): void {
    this.#unanswered++;
    requests.unanswered++;
    if (!requests.isPaused && requests.unanswered >= this.#unansweredMax) {
      requests.isPaused = true;
      connection.pauseReading();
    }
  }

  #follow(
    connection: RemotingConnection,
    requests: ConnectionRequests,
    running: Promise<void>,
    context: Context,
  ): void {
    requests.running++;
    const ended = (): void => {
      if (this.#connections.has(connection)) requests.running--;
      else this.#orphans--;
    };
    void running.then(ended, (error: unknown) => {
      ended();
      this.#failed(context, error);
    });
  }

  #failed(context: Context, error: unknown): void {
    if (error instanceof FrameError) {
      // The handler was the first to read the extFields of its request.
      context.channel.abortMalformed(error);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof HeaderError)) {
      this.#runtime.trace.log(
        'warn',
        `remoting: ${requestCodeName(context.request.code)} failed: ${message}`,
      );
    }
    if (!context.isAnswered) context.respond({ code: ResponseCode.SYSTEM_ERROR, remark: message });
  }
}

interface ConnectionRequests {
  unanswered: number;
  /** Handlers whose promise has not settled. */
  running: number;
  isPaused: boolean;
}

class Context implements RequestContext {
  readonly request: RemotingCommand;
  readonly channel: RemotingConnection;
  isAnswered = false;
  readonly #intake: RequestIntake;

  constructor(intake: RequestIntake, channel: RemotingConnection, request: RemotingCommand) {
    this.#intake = intake;
    this.channel = channel;
    this.request = request;
  }

  respond(response: Response): void {
    if (this.isAnswered) assert.fail(`${requestCodeName(this.request.code)} was answered twice`);
    this.isAnswered = true;
    if (isOneway(this.request)) return;
    this.#intake.answered(this.channel);
    this.channel.sendResponse(response, this.request.opaque);
  }
}

/** The text that brokers, nameservers and controllers of Java send, leading blank included. */
function notSupported(code: number): Response {
  return { code: ResponseCode.REQUEST_CODE_NOT_SUPPORTED, remark: ` request type ${code} not supported` };
}
