/**
 * The routes in use, and what follows a failover: once a master is suspected, all nameservers are asked at once,
 * again and again in short steps, until a route names another one or the suspect has answered.
 */

import { getRouteInfoRequestHeader } from '../remoting/header/get-route-info-by-topic.ts';
import type { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { autoCreateQueueNums, autoCreateTopicKey } from './send-template.ts';
import { masterAddress, masterId, parseTopicRoute, type TopicRoute } from './topic-route.ts';

export interface RouteCacheOptions {
  /** "host:port" each. */
  readonly nameservers: readonly string[];
  /** Between two rounds of questions while a master is suspected. */
  readonly roundIntervalMs?: number;
  /** Between two questions when nothing is wrong. */
  readonly pollNameServerIntervalMs?: number;
}

const roundIntervalMsDefault = 50;
const pollNameServerIntervalMsDefault = 30_000;
/** A chase that has gone on so long slows down. */
const fastChaseMs = 10_000;
const slowRoundIntervalMs = 500;
/** After so long the next round begins, though not every nameserver has answered; late answers are still heard. */
const roundMs = 200;
const questionTimeoutMs = 3_000;
/** To one nameserver: one that does not answer is not asked more often than this allows. */
const unansweredQuestionsMax = 16;

export class RouteCache {
  readonly #runtime: Runtime;
  readonly #client: RemotingClient;
  readonly #nameservers: readonly string[];
  readonly #roundIntervalMs: number;
  readonly #pollIntervalMs: number;
  readonly #routes = new Map<string, TopicRoute>();
  /** Master address by broker name: not to be believed in a route until it has answered. */
  readonly #suspects = new Map<string, string>();
  readonly #rounds = new Map<string, Round>();
  readonly #unanswered = new Map<string, number>();
  #isChasing = false;
  #pollTimer: Timer | undefined;
  #isStopped = false;

  constructor(runtime: Runtime, client: RemotingClient, options: RouteCacheOptions) {
    this.#runtime = runtime;
    this.#client = client;
    this.#nameservers = options.nameservers;
    this.#roundIntervalMs = options.roundIntervalMs ?? roundIntervalMsDefault;
    this.#pollIntervalMs = options.pollNameServerIntervalMs ?? pollNameServerIntervalMsDefault;
  }

  /** What is known now. */
  get(topic: string): TopicRoute | undefined {
    return this.#routes.get(topic);
  }

  hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  /** The route known, or the first one that a nameserver tells before the deadline (monotonic). */
  async load(topic: string, deadlineMs: number): Promise<TopicRoute | undefined> {
    for (;;) {
      const startedMs = this.#nowMs();
      const route = await this.#ask(topic, deadlineMs);
      if (route !== undefined || this.#isStopped || this.#nowMs() >= deadlineMs) return route;
      await this.#pauseUntil(Math.min(startedMs + this.#roundIntervalMs, deadlineMs));
    }
  }

  /** As `load`; a topic that no nameserver knows gets the route by which its first message makes it, if brokers do so. */
  async loadOrDerive(topic: string, deadlineMs: number): Promise<TopicRoute | undefined> {
    const known = (await this.#ask(topic, deadlineMs)) ?? (await this.#derive(topic, deadlineMs));
    return known ?? this.load(topic, deadlineMs);
  }

  /** The master at `address` gave no answer or refused: it is chased until it answers or a route names another one. */
  suspect(brokerName: string, address: string): void {
    if (this.#isStopped || this.#suspects.get(brokerName) === address) return;
    if (!this.#namesMaster(brokerName, address)) return;
    this.#suspects.set(brokerName, address);
    if (!this.#isChasing) this.#startChase();
  }

  /** As `suspect`, for the broker whose master stands at this address in the routes. */
  suspectAddress(address: string): void {
    for (const route of this.#routes.values()) {
      for (const { brokerName } of route.brokers) {
        if (masterAddress(route, brokerName) === address) this.suspect(brokerName, address);
      }
    }
  }

  /** The master at `address` answered as one. */
  trust(brokerName: string, address: string): void {
    if (this.#suspects.get(brokerName) === address) this.#suspects.delete(brokerName);
  }

  /**
   * Suspects the master and resolves when it is worth trying again: at once when a route names another one, else
   * after the next round, and not before the interval between rounds has passed. Never later than the deadline.
   */
  async afterFailure(
    topic: string,
    brokerName: string,
    address: string | undefined,
    deadlineMs: number,
  ): Promise<void> {
    if (address !== undefined) this.suspect(brokerName, address);
    const startedMs = this.#nowMs();
    const hasOther = (): boolean => {
      const master = masterAddress(this.#routes.get(topic), brokerName);
      return master !== undefined && master !== address;
    };
    if (hasOther()) return;
    await this.#round(topic, deadlineMs);
    if (!hasOther()) await this.#pauseUntil(Math.min(startedMs + this.#roundIntervalMs, deadlineMs));
  }

  stop(): void {
    this.#isStopped = true;
    this.#pollTimer?.cancel();
    this.#suspects.clear();
    for (const round of this.#rounds.values()) round.end();
    this.#rounds.clear();
  }

  /** One round, if need be. */
  async #ask(topic: string, deadlineMs: number): Promise<TopicRoute | undefined> {
    if (!this.#routes.has(topic)) await this.#round(topic, deadlineMs);
    return this.#routes.get(topic);
  }

  async #derive(topic: string, deadlineMs: number): Promise<TopicRoute | undefined> {
    const template = await this.#ask(autoCreateTopicKey, deadlineMs);
    if (template === undefined || this.#routes.has(topic)) return this.#routes.get(topic);
    const brokers = template.brokers.map((broker) => {
      const queueNums = Math.min(autoCreateQueueNums, broker.readQueueNums);
      return { ...broker, readQueueNums: queueNums, writeQueueNums: queueNums };
    });
    const route = { topic, brokers };
    this.#routes.set(topic, route);
    return route;
  }

  #namesMaster(brokerName: string, address: string): boolean {
    for (const route of this.#routes.values()) if (masterAddress(route, brokerName) === address) return true;
    return false;
  }

  #startChase(): void {
    this.#isChasing = true;
    void this.#chase().then(
      () => {
        this.#isChasing = false;
      },
      (error: Error) => this.#runtime.fatal(error),
    );
  }

  async #chase(): Promise<void> {
    const chaseStartedMs = this.#nowMs();
    while (this.#suspects.size > 0 && !this.#isStopped) {
      const startedMs = this.#nowMs();
      const topics = [...this.#routes.values()]
        .filter((route) => this.#hasSuspect(route))
        .map(({ topic }) => topic);
      if (topics.length === 0) this.#suspects.clear();
      await Promise.all(topics.map((topic) => this.#round(topic, Number.POSITIVE_INFINITY)));
      const isFast = startedMs - chaseStartedMs < fastChaseMs;
      await this.#pauseUntil(startedMs + (isFast ? this.#roundIntervalMs : slowRoundIntervalMs));
    }
  }

  #hasSuspect(route: TopicRoute): boolean {
    return route.brokers.some(
      ({ brokerName }) =>
        this.#suspects.has(brokerName) && this.#suspects.get(brokerName) === masterAddress(route, brokerName),
    );
  }

  /** Asks every nameserver at once, or joins the round that runs. */
  async #round(topic: string, deadlineMs: number): Promise<void> {
    if (this.#isStopped) return;
    let round = this.#rounds.get(topic);
    if (round === undefined) {
      round = new Round(topic);
      this.#rounds.set(topic, round);
      this.#askAll(round);
    }
    const running = round;
    const untilMs = Math.min(roundMs, deadlineMs - this.#nowMs());
    const timer = this.#runtime.clock.after(Math.max(0, untilMs), () => running.end());
    await running.ended;
    timer.cancel();
    if (this.#rounds.get(topic) === running) this.#rounds.delete(topic);
  }

  #askAll(round: Round): void {
    for (const nameserver of this.#nameservers) {
      const unanswered = this.#unanswered.get(nameserver) ?? 0;
      if (unanswered >= unansweredQuestionsMax) continue;
      this.#unanswered.set(nameserver, unanswered + 1);
      round.expected++;
      const request = {
        code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
        extFields: getRouteInfoRequestHeader.encode({ topic: round.topic, acceptStandardJsonOnly: true }),
      };
      this.#client.send(nameserver, request, questionTimeoutMs, (_error, response) => {
        this.#unanswered.set(nameserver, (this.#unanswered.get(nameserver) ?? 1) - 1);
        this.#answered(round, response);
      });
    }
    if (round.expected === 0) this.#runtime.clock.soon(() => round.end());
  }

  #answered(round: Round, response: RemotingCommand | undefined): void {
    round.answered++;
    if (response?.code === ResponseCode.SUCCESS) {
      const route = this.#parse(round.topic, response.body);
      if (route !== undefined) this.#offer(round, route);
    }
    if (round.answered === round.expected) round.end();
  }

  #parse(topic: string, body: Uint8Array | null): TopicRoute | undefined {
    try {
      const route = parseTopicRoute(topic, body);
      return route.brokers.length === 0 ? undefined : route;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#runtime.trace.log('warn', `client: a nameserver's route of ${topic} cannot be read: ${reason}`);
      return undefined;
    }
  }

  /**
   * Nameservers may be behind one another, so a master changes only when the known one is suspected: a deposed one
   * refuses, a dead one does not answer, and either makes it suspect.
   */
  #offer(round: Round, offered: TopicRoute): void {
    if (this.#isStopped) return;
    const known = this.#routes.get(round.topic);
    const route = known === undefined ? offered : withKnownMasters(offered, known, this.#suspects);
    const isProgress = known === undefined || (this.#hasSuspect(known) && !this.#hasSuspect(route));
    if (round.isEnded && !isProgress) return;
    this.#routes.set(round.topic, route);
    for (const [brokerName, address] of this.#suspects) {
      if (!this.#namesMaster(brokerName, address)) this.#suspects.delete(brokerName);
    }
    this.#pollLater();
    if (!this.#hasSuspect(route)) round.end();
  }

  #pollLater(): void {
    if (this.#pollTimer !== undefined || this.#isStopped) return;
    this.#pollTimer = this.#runtime.clock.after(this.#pollIntervalMs, () => {
      this.#pollTimer = undefined;
      for (const topic of this.#routes.keys()) {
        void this.#round(topic, Number.POSITIVE_INFINITY).catch((error: Error) => this.#runtime.fatal(error));
      }
      this.#pollLater();
    });
  }

  #pauseUntil(timeMs: number): Promise<void> {
    const delayMs = timeMs - this.#nowMs();
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#runtime.clock.after(delayMs, resolve));
  }

  #nowMs(): number {
    return this.#runtime.clock.monotonicMs();
  }
}

/** `offered`, but with the master of `known` for every broker where it is not suspected or `offered` knows no better. */
function withKnownMasters(
  offered: TopicRoute,
  known: TopicRoute,
  suspects: ReadonlyMap<string, string>,
): TopicRoute {
  const brokers = offered.brokers.map((broker) => {
    const knownMaster = masterAddress(known, broker.brokerName);
    const offeredMaster = broker.addresses.get(masterId);
    const isSuspect = knownMaster !== undefined && suspects.get(broker.brokerName) === knownMaster;
    const isBetter = isSuspect && offeredMaster !== undefined;
    if (knownMaster === undefined || knownMaster === offeredMaster || isBetter) return broker;
    return { ...broker, addresses: new Map([...broker.addresses, [masterId, knownMaster]]) };
  });
  return { topic: offered.topic, brokers };
}

/** One question to all nameservers. */
class Round {
  readonly topic: string;
  readonly ended: Promise<void>;
  expected = 0;
  answered = 0;
  isEnded = false;
  #resolve: () => void = () => undefined;

  constructor(topic: string) {
    this.topic = topic;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(): void {
    this.isEnded = true;
    this.#resolve();
  }
}
