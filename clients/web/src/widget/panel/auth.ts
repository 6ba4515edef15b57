// What the SDK needs for tokens, without the anonymous accounts that it makes where nobody hands in any.

export { shared } from "../../auth";

/** Accounts of the widget are those of visitors and users; see account.ts. */
export function anonymous(): never {
  throw new Error("no token");
}
