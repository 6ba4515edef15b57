// expo-sqlite behind the core's port.

import { openDatabaseSync } from "expo-sqlite";

import type { Sql, Value } from "../core/sql";
import { prepare } from "../core/sql";

/** Open a file of its own for each name, with its tables. */
export function openSql(name: string): Sql {
  const database = openDatabaseSync(name);
  const sql: Sql = {
    exec: (script) => database.execSync(script),
    run: (statement, ...values: Value[]) => void database.runSync(statement, values),
    all: <Row>(query: string, ...values: Value[]) => database.getAllSync<Row>(query, values),
    together: (act) => database.withTransactionSync(act),
  };
  sql.exec("PRAGMA journal_mode = WAL");
  prepare(sql);
  return sql;
}
