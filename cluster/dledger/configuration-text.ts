/**
 * A configuration as the body of its entry, on disk and on the wire: JSON [["n0","host:port","voter"],["n3","host:port","learner"],...].
 */
import { Buffer } from 'node:buffer';
import type { RaftConfiguration, RaftPeer } from '../raft/membership.ts';
import type { RaftEntry } from '../raft/raft-message.ts';

export class ConfigurationTextError extends Error {
  override readonly name = 'ConfigurationTextError';
}

/** The bytes that stand for the entry. */
export function storedBody({ body, configuration }: RaftEntry): Uint8Array {
  return configuration === undefined ? body : encodeConfiguration(configuration);
}

/** Throws ConfigurationTextError. */
export function restoredEntry(entry: RaftEntry, isConfiguration: boolean): RaftEntry {
  if (!isConfiguration) return entry;
  return { ...entry, body: new Uint8Array(0), configuration: decodeConfiguration(entry.body) };
}

function encodeConfiguration(peers: RaftConfiguration): Uint8Array {
  const rows = peers.map(({ id, address, votes }) => [id, address, votes ? 'voter' : 'learner']);
  return Buffer.from(JSON.stringify(rows));
}

function decodeConfiguration(bytes: Uint8Array): RaftConfiguration {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    rows = undefined;
  }
  const peers = Array.isArray(rows) ? rows.map(peerOf) : [];
  if (peers.length > 0 && peers.every((peer) => peer !== undefined)) return peers;
  throw new ConfigurationTextError(
    `wanted a configuration [["id","host:port","voter"],...], got ${JSON.stringify(text.slice(0, 80))}`,
  );
}

function peerOf(row: unknown): RaftPeer | undefined {
  if (!Array.isArray(row) || row.length !== 3 || !row.every((field) => typeof field === 'string'))
    return undefined;
  const [id = '', address = '', role] = row as string[];
  if (id === '' || (role !== 'voter' && role !== 'learner')) return undefined;
  return { id, address, votes: role === 'voter' };
}
