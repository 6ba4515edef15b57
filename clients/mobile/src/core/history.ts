// What was said, kept on the phone: opened without a network, everything is there.

import type { ArchivedMessage, Memory, SessionInfo, SyncPage } from "./resources";

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

/** How many of a session's last messages are looked at for who answered. */
export const LOOKED_BACK = 6;

/** Return who answered last in messages, null where nobody did. */
export function voiceOf(messages: ArchivedMessage[]): string | null {
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

/** Return memories in the order of `History.memories`. */
export function listed(memories: Memory[]): Memory[] {
  return memories.sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false)
    || compare(b.updated_at, a.updated_at) || compare(a.id, b.id));
}

/** Whether a memory still holds, and is kept. */
export function holds({ valid_to, left }: Memory): boolean {
  return !valid_to && !left;
}

/** Order texts by code units, as SQLite does. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
