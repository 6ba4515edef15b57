// SQLite itself, compiled for Node.js, behind the core's port; `again` is what a new start finds on disk.

import initSqlJs from "sql.js";

import type { Sql, Value } from "../src/core/sql";
import { prepare } from "../src/core/sql";

export interface Disk {
  sql: Sql;
  /** Open what was written, as the next run of the app does. */
  again(): Disk;
}

/** Return an empty disk. */
export async function newDisk(): Promise<Disk> {
  return opened(await initSqlJs());
}

function opened(library: Awaited<ReturnType<typeof initSqlJs>>, bytes?: Uint8Array): Disk {
  const database = new library.Database(bytes);
  const sql: Sql = {
    exec: (script) => void database.exec(script),
    run: (statement, ...values: Value[]) => void database.run(statement, values),
    all: <Row>(query: string, ...values: Value[]) => {
      const prepared = database.prepare(query, values);
      const rows: Row[] = [];
      while (prepared.step()) rows.push(prepared.getAsObject() as Row);
      prepared.free();
      return rows;
    },
    together: (act) => {
      database.exec("BEGIN");
      try {
        act();
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
  prepare(sql);
  return { sql, again: () => opened(library, database.export()) };
}
