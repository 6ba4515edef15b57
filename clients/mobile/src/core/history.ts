// What was said, kept on the phone: opened without a network, everything is there.

import type { ArchivedMessage, Memory, SessionInfo, SyncPage } from "./resources";
import type { Pairs } from "./pairs";
import { readJson, removeAll } from "./pairs";
import type { Sql } from "./sql";

export interface History {
  /** Return all sessions, the last used first. */
  sessions(): SessionInfo[];
  /** Return a session's messages, answers behind what they answer. */
  messages(sessionId: string): ArchivedMessage[];
  /** Return who answered last in a session, null where nobody did. */
  voice(sessionId: string): string | null;
  /** Return what is remembered, the pinned first, then the last changed. */
  memories(): Memory[];
  /** Take in a page of GET /sync as a whole; a first one (`anew`) replaces everything. */
  take(page: SyncPage, options: { anew: boolean }): void;
  /** Keep a session as it is now known. */
  keepSession(info: SessionInfo): void;
  /** Keep a session with messages of it that are not kept yet; known ones stay as they are. */
  keepMessages(info: SessionInfo, messages: ArchivedMessage[]): void;
  keepMemory(memory: Memory): void;
  forgetSession(id: string): void;
  forgetMemory(id: string): void;
  clear(): void;
}

export class SqlHistory implements History {
  #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  sessions(): SessionInfo[] {
    const rows = this.#sql.all<{ info: string }>("SELECT info FROM sessions ORDER BY updated_at DESC, id");
    return rows.map((row) => JSON.parse(row.info) as SessionInfo);
  }

  messages(sessionId: string): ArchivedMessage[] {
    const query = "SELECT message FROM messages WHERE session_id = ? ORDER BY position";
    const rows = this.#sql.all<{ message: string }>(query, sessionId);
    return byTurn(rows.map((row) => JSON.parse(row.message) as ArchivedMessage));
  }

  voice(sessionId: string): string | null {
    const query = "SELECT message FROM messages WHERE session_id = ? ORDER BY position DESC LIMIT ?";
    const rows = this.#sql.all<{ message: string }>(query, sessionId, LOOKED_BACK);
    return voiceOf(rows.map((row) => JSON.parse(row.message) as ArchivedMessage).reverse());
  }

  memories(): Memory[] {
    const rows = this.#sql.all<{ memory: string }>("SELECT memory FROM memories");
    return listed(rows.map((row) => JSON.parse(row.memory) as Memory));
  }

  take(page: SyncPage, { anew }: { anew: boolean }): void {
    this.#sql.together(() => {
      if (anew || page.reset) this.#empty();
      for (const { session, messages = [], replaces } of page.sessions) {
        this.keepSession(session);
        if (replaces) this.#sql.run("DELETE FROM messages WHERE session_id = ?", session.id);
        this.#insert(session.id, messages, { over: true });
      }
      for (const id of page.deleted) this.#dropSession(id);
      for (const memory of page.memory ?? []) this.keepMemory(memory);
      for (const id of page.memory_deleted ?? []) this.forgetMemory(id);
    });
  }

  keepSession(info: SessionInfo): void {
    const statement = "INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
      + " SET updated_at = excluded.updated_at, info = excluded.info";
    this.#sql.run(statement, info.id, info.updated_at, JSON.stringify(info));
  }

  keepMessages(info: SessionInfo, messages: ArchivedMessage[]): void {
    this.#sql.together(() => {
      this.keepSession(info);
      this.#insert(info.id, messages, { over: false });
    });
  }

  keepMemory(memory: Memory): void {
    if (!holds(memory)) return this.forgetMemory(memory.id);
    const statement = "INSERT INTO memories VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET memory = excluded.memory";
    this.#sql.run(statement, memory.id, JSON.stringify(memory));
  }

  forgetSession(id: string): void {
    this.#sql.together(() => this.#dropSession(id));
  }

  forgetMemory(id: string): void {
    this.#sql.run("DELETE FROM memories WHERE id = ?", id);
  }

  clear(): void {
    this.#sql.together(() => this.#empty());
  }

  #insert(sessionId: string, messages: ArchivedMessage[], { over }: { over: boolean }): void {
    const query = "SELECT max(position) AS last FROM messages WHERE session_id = ?";
    let position = this.#sql.all<{ last: number | null }>(query, sessionId)[0]?.last ?? 0;
    const statement = "INSERT INTO messages VALUES (?, ?, ?, ?) ON CONFLICT (session_id, id) DO "
      + (over ? "UPDATE SET message = excluded.message" : "NOTHING");
    for (const message of messages) {
      position += 1;
      this.#sql.run(statement, sessionId, position, message.id, JSON.stringify(message));
    }
  }

  #dropSession(id: string): void {
    this.#sql.run("DELETE FROM messages WHERE session_id = ?", id);
    this.#sql.run("DELETE FROM sessions WHERE id = ?", id);
  }

  #empty(): void {
    for (const table of ["sessions", "messages", "memories"]) this.#sql.exec(`DELETE FROM ${table}`);
  }
}

const SESSION = "session.";
const MESSAGES = "messages.";
const MEMORY = "memory.";

/** The same in pairs of key and value, for browsers. */
export class PairsHistory implements History {
  #pairs: Pairs;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  sessions(): SessionInfo[] {
    return this.#all<SessionInfo>(SESSION)
      .sort((a, b) => compare(b.updated_at, a.updated_at) || compare(a.id, b.id));
  }

  messages(sessionId: string): ArchivedMessage[] {
    return byTurn(this.#stored(sessionId));
  }

  voice(sessionId: string): string | null {
    return voiceOf(this.#stored(sessionId).slice(-LOOKED_BACK));
  }

  memories(): Memory[] {
    return listed(this.#all<Memory>(MEMORY));
  }

  take(page: SyncPage, { anew }: { anew: boolean }): void {
    if (anew || page.reset) this.clear();
    for (const { session, messages = [], replaces } of page.sessions) {
      this.keepSession(session);
      const before = replaces ? [] : this.#stored(session.id);
      const fresh = new Map(messages.map((message) => [message.id, message]));
      this.#add(session.id, before.map((message) => fresh.get(message.id) ?? message), messages);
    }
    for (const id of page.deleted) this.forgetSession(id);
    for (const memory of page.memory ?? []) this.keepMemory(memory);
    for (const id of page.memory_deleted ?? []) this.forgetMemory(id);
  }

  keepSession(info: SessionInfo): void {
    this.#pairs.set(SESSION + info.id, JSON.stringify(info));
  }

  keepMessages(info: SessionInfo, messages: ArchivedMessage[]): void {
    this.keepSession(info);
    this.#add(info.id, this.#stored(info.id), messages);
  }

  keepMemory(memory: Memory): void {
    if (holds(memory)) this.#pairs.set(MEMORY + memory.id, JSON.stringify(memory));
    else this.forgetMemory(memory.id);
  }

  forgetSession(id: string): void {
    this.#pairs.remove(SESSION + id);
    this.#pairs.remove(MESSAGES + id);
  }

  forgetMemory(id: string): void {
    this.#pairs.remove(MEMORY + id);
  }

  clear(): void {
    for (const prefix of [SESSION, MESSAGES, MEMORY]) removeAll(this.#pairs, prefix);
  }

  #add(sessionId: string, before: ArchivedMessage[], messages: ArchivedMessage[]): void {
    const known = new Set(before.map((message) => message.id));
    const all = [...before, ...messages.filter((message) => !known.has(message.id))];
    this.#pairs.set(MESSAGES + sessionId, JSON.stringify(all));
  }

  #stored(sessionId: string): ArchivedMessage[] {
    return readJson<ArchivedMessage[]>(this.#pairs, MESSAGES + sessionId) ?? [];
  }

  #all<T>(prefix: string): T[] {
    return this.#pairs.keys(prefix).map((key) => readJson<T>(this.#pairs, key)).filter((each) => each !== null);
  }
}

const LOOKED_BACK = 6;

function voiceOf(messages: ArchivedMessage[]): string | null {
  return messages.findLast(({ answered }) => answered?.persona)?.answered?.persona ?? null;
}

/** Return messages turn by turn, in the order in which turns were begun. */
export function byTurn(messages: ArchivedMessage[]): ArchivedMessage[] {
  const turns = new Map<string, ArchivedMessage[]>();
  for (const message of messages) {
    const turn = message.turn_id ?? message.answered?.turn_id ?? message.id;
    turns.set(turn, [...(turns.get(turn) ?? []), message]);
  }
  return [...turns.values()].flat();
}

function listed(memories: Memory[]): Memory[] {
  return memories.sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false)
    || compare(b.updated_at, a.updated_at) || compare(a.id, b.id));
}

function holds({ valid_to, left }: Memory): boolean {
  return !valid_to && !left;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
