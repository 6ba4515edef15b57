// What was said, in SQLite.

import type { History } from "./history";
import { byTurn, holds, listed, LOOKED_BACK, voiceOf } from "./history";
import type { ArchivedMessage, Memory, SessionInfo, SyncPage } from "./resources";
import type { Sql } from "./sql";

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
