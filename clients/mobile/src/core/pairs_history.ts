// What was said, in pairs of key and value, for browsers.

import type { History } from "./history";
import { byTurn, compare, holds, listed, LOOKED_BACK, voiceOf } from "./history";
import type { Pairs } from "./pairs";
import { readJson, removeAll } from "./pairs";
import type { ArchivedMessage, Memory, SessionInfo, SyncPage } from "./resources";

const SESSION = "session.";
const MESSAGES = "messages.";
const MEMORY = "memory.";

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
