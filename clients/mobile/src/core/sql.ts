// SQLite as the core needs it: expo-sqlite on phones, better-sqlite3 where tests run.

export type Value = string | number | null;

export interface Sql {
  /** Run statements without values. */
  exec(script: string): void;
  /** Run one statement that changes something. */
  run(statement: string, ...values: Value[]): void;
  /** Return all rows of a query. */
  all<Row>(query: string, ...values: Value[]): Row[];
  /** Have all of `act` written, or nothing of it. */
  together(act: () => void): void;
}

const VERSION = 1;

const SCHEMA = `
  CREATE TABLE pairs (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE sessions (id TEXT PRIMARY KEY, updated_at TEXT NOT NULL, info TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE messages (
    session_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (session_id, id)
  ) WITHOUT ROWID;
  CREATE INDEX in_order ON messages (session_id, position);
  CREATE TABLE memories (id TEXT PRIMARY KEY, memory TEXT NOT NULL) WITHOUT ROWID;
`;

/** Make the tables where they are missing; a file of another version is begun anew. */
export function prepare(sql: Sql): void {
  const [row] = sql.all<{ user_version: number }>("PRAGMA user_version");
  if (row?.user_version === VERSION) return;
  sql.together(() => {
    for (const table of ["pairs", "sessions", "messages", "memories"]) sql.exec(`DROP TABLE IF EXISTS ${table}`);
    sql.exec(SCHEMA);
    sql.exec(`PRAGMA user_version = ${VERSION}`);
  });
}
