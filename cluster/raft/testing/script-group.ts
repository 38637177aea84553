/**
 * Plays the commands of scripts/*.txt on a group of Raft cores and says what happened, a line per effect.
 *
 *   group a b c                       new members with empty disks
 *   join d                            a member that waits to be added, with an empty disk
 *   one-by-one                        from the next start on each request carries one entry
 *   disk a term T [vote b] [log T T]  restarts a with these on its disk; the log is a list of terms
 *   tick a [N], campaign a, lapse a   time for one member; until it asks for votes; until it gives a vote to others
 *   propose a x y, read a N
 *   add a d, promote a d, remove a d  a is asked to change the group
 *   changes-too-early                 seeded bug: from the next start on leaders change the group too early
 *   wipe a                            a starts again with an empty disk
 *   deliver [a>b [N]]                 what is on its way now, on one link (its first N) or on all
 *   settle                            deliver until nothing is on its way
 *   drop a>b, repeat a>b, reverse a>b, on-its-way
 *   cut a b, cut a>b, heal            messages across a cut are lost
 *   slow-disk a, sync a               from here on a's writes are durable only by `sync`
 *   crash a, restart a                a loses what was not synced
 *   show                              one line per member
 *
 * `quiet` before a command leaves out messages and writes.
 */
import assert from 'node:assert/strict';
import { RaftCore } from '../raft-core.ts';
import type { PersistEffect } from '../raft-effect.ts';
import type { RaftInput } from '../raft-input.ts';
import { describeEffect, describeMember, describeMessage, isLoud } from '../raft-lines.ts';
import type { RaftEntry, RaftMessage } from '../raft-message.ts';

interface Member {
  readonly id: string;
  core: RaftCore | undefined;
  disk: { term: number; vote: string | undefined; entries: RaftEntry[] };
  unsynced: PersistEffect[];
  isDiskSlow: boolean;
}

const electionTicks = 3;

type Command = (words: readonly string[]) => void;

export class ScriptGroup {
  readonly #members = new Map<string, Member>();
  #founders: readonly string[] = [];
  #appendBytesMax = 1000;
  #changesTooEarly = false;
  #messages: RaftMessage[] = [];
  readonly #cuts = new Set<string>();
  #lines: string[] = [];
  #isQuiet = false;
  readonly #commands: Readonly<Record<string, Command>> = {
    group: (words) => this.#group(words),
    disk: ([id = '', ...words]) => this.#disk(this.#member(id), words),
    tick: ([id = '', count = '1']) => {
      for (let tick = 0; tick < Number(count); tick += 1)
        this.#step(this.#member(id), { kind: 'tick', luck: 0 });
    },
    campaign: ([id = '']) => this.#campaign(this.#member(id)),
    propose: ([id = '', ...bodies]) => {
      this.#step(this.#member(id), {
        kind: 'propose',
        bodies: bodies.map((body) => new TextEncoder().encode(body)),
      });
    },
    join: (ids) => {
      for (const id of ids) this.#start(this.#newMember(id));
    },
    add: ([id = '', newId = '']) => {
      const change = { kind: 'add-learner', id: newId, address: `${newId}:9878` } as const;
      this.#step(this.#member(id), { kind: 'change', change });
    },
    promote: ([id = '', learnerId = '']) =>
      this.#step(this.#member(id), { kind: 'change', change: { kind: 'promote', id: learnerId } }),
    remove: ([id = '', goneId = '']) =>
      this.#step(this.#member(id), { kind: 'change', change: { kind: 'remove', id: goneId } }),
    wipe: ([id = '']) => {
      this.#member(id).disk = { term: 0, vote: undefined, entries: [] };
      this.#start(this.#member(id));
    },
    read: ([id = '', readId]) => this.#step(this.#member(id), { kind: 'read', readId: Number(readId) }),
    lapse: ([id = '']) => {
      for (let tick = 0; tick < electionTicks; tick += 1) {
        this.#step(this.#member(id), { kind: 'tick', luck: electionTicks - 1 });
      }
    },
    'changes-too-early': () => {
      this.#changesTooEarly = true;
    },
    'one-by-one': () => {
      this.#appendBytesMax = 1;
    },
    deliver: ([link, count]) => {
      const taken = this.#take(link);
      const now = taken.splice(0, Number(count ?? taken.length));
      this.#messages.unshift(...taken);
      for (const message of now) this.#deliver(message);
    },
    settle: () => {
      while (this.#messages.length > 0) for (const message of this.#take(undefined)) this.#deliver(message);
    },
    drop: ([link]) => this.#say(`${this.#take(link).length} lost`),
    repeat: ([link]) => this.#messages.push(...this.#messages.filter((message) => isOn(message, link))),
    reverse: ([link]) => {
      const taken = this.#take(link);
      this.#messages.push(...taken.reverse());
    },
    'on-its-way': () => {
      for (const message of this.#messages) this.#say(describeMessage(message));
    },
    cut: (words) => this.#cut(words),
    heal: () => this.#cuts.clear(),
    'slow-disk': ([id = '']) => {
      this.#member(id).isDiskSlow = true;
    },
    sync: ([id = '']) => this.#sync(this.#member(id)),
    crash: ([id = '']) => this.#crash(this.#member(id)),
    restart: ([id = '']) => this.#start(this.#member(id)),
    show: () => {
      for (const { id, core } of this.#members.values())
        this.#say(core === undefined ? `${id} is down` : describeMember(id, core.state));
    },
  };

  /** Returns what happened. */
  play(line: string): readonly string[] {
    const words = line.split(' ').filter((word) => word !== '');
    this.#isQuiet = words[0] === 'quiet';
    const [name = '', ...rest] = this.#isQuiet ? words.slice(1) : words;
    const command = this.#commands[name];
    assert(command !== undefined, `no command "${name}"; known: ${Object.keys(this.#commands).join(', ')}`);
    this.#lines = [];
    command(rest);
    return this.#lines;
  }

  #group(ids: readonly string[]): void {
    this.#members.clear();
    this.#founders = ids;
    for (const id of ids) this.#start(this.#newMember(id));
  }

  #newMember(id: string): Member {
    const disk = { term: 0, vote: undefined, entries: [] };
    const member = { id, core: undefined, unsynced: [], isDiskSlow: false, disk };
    this.#members.set(id, member);
    return member;
  }

  #disk(member: Member, words: readonly string[]): void {
    const wordAfter = (name: string): string | undefined =>
      words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
    const terms = words.includes('log') ? words.slice(words.indexOf('log') + 1) : [];
    const entries = terms.map((term, index) => ({
      index,
      term: Number(term),
      body: new TextEncoder().encode(`${term}.${index}`),
    }));
    member.disk = { term: Number(wordAfter('term')), vote: wordAfter('vote'), entries };
    this.#start(member);
  }

  #start(member: Member): void {
    member.unsynced = [];
    member.core = new RaftCore(
      {
        selfId: member.id,
        memberIds: this.#founders,
        heartbeatTicks: 1,
        electionTicks: electionTicks,
        appendBytesMax: this.#appendBytesMax,
        inFlightRequestsMax: 4,
        changesTooEarly: this.#changesTooEarly,
      },
      member.disk,
    );
  }

  #campaign(member: Member): void {
    const wanted = member.core?.state.term;
    for (let tick = 0; tick < 2 * electionTicks; tick += 1) {
      this.#step(member, { kind: 'tick', luck: 0 });
      if (member.core?.state.role === 'pre-candidate' || member.core?.state.term !== wanted) return;
    }
  }

  #cut([from = '', to]: readonly string[]): void {
    if (to === undefined) this.#cuts.add(from);
    else {
      this.#cuts.add(`${from}>${to}`);
      this.#cuts.add(`${to}>${from}`);
    }
  }

  #crash(member: Member): void {
    this.#say(`${member.id} loses ${member.unsynced.length} unsynced writes`);
    member.core = undefined;
    member.unsynced = [];
  }

  #take(link: string | undefined): RaftMessage[] {
    const taken = this.#messages.filter((message) => isOn(message, link));
    this.#messages = this.#messages.filter((message) => !isOn(message, link));
    return taken;
  }

  #deliver(message: RaftMessage): void {
    const to = this.#member(message.to);
    if (to.core === undefined || this.#cuts.has(`${message.from}>${message.to}`)) return;
    this.#step(to, { kind: 'message', message });
  }

  #step(member: Member, input: RaftInput): void {
    for (const effect of member.core?.step(input) ?? []) {
      if (!this.#isQuiet || isLoud(effect)) this.#say(describeEffect(member.id, effect));
      if (effect.kind === 'persist') member.unsynced.push(effect);
      if (effect.kind === 'send') this.#messages.push(effect.message);
    }
    if (!member.isDiskSlow) this.#sync(member);
  }

  #sync(member: Member): void {
    const done = member.unsynced;
    member.unsynced = [];
    for (const effect of done) {
      if (effect.what === 'hard-state') member.disk = { ...effect.hardState, entries: member.disk.entries };
      else member.disk.entries = [...member.disk.entries.slice(0, effect.firstIndex), ...effect.entries];
    }
    const sequence = done.at(-1)?.sequence;
    if (sequence !== undefined) this.#step(member, { kind: 'persisted', sequence });
  }

  #member(id: string): Member {
    const member = this.#members.get(id);
    assert(member !== undefined, `no member "${id}"; known: ${[...this.#members.keys()].join(', ')}`);
    return member;
  }

  #say(line: string): void {
    this.#lines.push(line);
  }
}

function isOn(message: RaftMessage, link: string | undefined): boolean {
  return link === undefined || link === `${message.from}>${message.to}`;
}
