/**
 * What the harness and the agent of a host say to each other: one JSON object a line, over the agent's standard input and output. The agent
 * lives in the host's network, so it dials, listens and runs clients there.
 */
import type { ClientHabit } from '../../nemeses/nemesis.ts';

/** From the harness. Those with an `id` are answered, in any order. */
export type AgentRequest =
  | {
      readonly do: 'listen';
      readonly id: number;
      readonly listener: string;
      readonly host: string;
      readonly port: number;
    }
  | { readonly do: 'close-listener'; readonly id: number; readonly listener: string }
  | {
      readonly do: 'connect';
      readonly id: number;
      /** The harness's name for the stream. */
      readonly stream: string;
      readonly host: string;
      readonly port: number;
      readonly timeoutMs: number;
    }
  | { readonly do: 'write'; readonly stream: string; readonly base64: string }
  | { readonly do: 'end' | 'destroy'; readonly stream: string }
  | {
      readonly do: 'open-client';
      readonly id: number;
      readonly client: string;
      readonly topic: string;
      readonly nameservers: readonly string[];
      readonly habit: ClientHabit;
    }
  | { readonly do: 'close-client'; readonly id: number; readonly client: string }
  | {
      readonly do: 'send';
      readonly id: number;
      readonly client: string;
      readonly queueId: number;
      readonly message: string;
    }
  | {
      readonly do: 'pull';
      readonly id: number;
      readonly client: string;
      readonly queueId: number;
      readonly from: number;
      readonly countMax: number;
    }
  | { readonly do: 'max-offset'; readonly id: number; readonly client: string; readonly queueId: number };

/** `code` as of a NetworkError; '' for what is no trouble of the network. */
export interface AgentError {
  readonly code: string;
  readonly message: string;
}

/** From the agent. */
export type AgentMessage =
  /** The first one: the host is up. With what the kernel's monotonic clock says there. */
  | { readonly tell: 'ready'; readonly monotonicMs: number }
  | { readonly tell: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly tell: 'error'; readonly id: number; readonly error: AgentError }
  /** `stream` is the agent's name for it. */
  | {
      readonly tell: 'accepted';
      readonly listener: string;
      readonly stream: string;
      readonly remoteAddress: string;
    }
  | { readonly tell: 'bytes'; readonly stream: string; readonly base64: string }
  /** The last word on a stream. */
  | { readonly tell: 'closed'; readonly stream: string; readonly error?: AgentError };
