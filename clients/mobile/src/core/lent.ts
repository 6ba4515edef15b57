// A shelf that is lent to one person, and taken back when they go.

import type { Pairs } from "./pairs";
import { WebPairs } from "./pairs";
import { PairsHistory } from "./pairs_history";
import type { Shelf } from "./phone";

/**
 * Return a shelf that writes into `kept` until `end` is called.
 *
 * After that whoever still holds it, waiting for an answer or with a screen open, has an empty one
 * that nobody else sees and that is not kept.
 */
export function lend(kept: Shelf): { shelf: Shelf; end: () => void } {
  let now = kept;
  const shelf = { pairs: through(() => now.pairs), history: through(() => now.history) };
  const end = () => {
    const pairs: Pairs = new WebPairs(null);
    now = { pairs, history: new PairsHistory(pairs) };
  };
  return { shelf, end };
}

/** Return what does what `target` returns at the moment of each call. */
function through<T extends object>(target: () => T): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const at = target();
      const member: unknown = Reflect.get(at, name);
      return typeof member === "function" ? member.bind(at) : member;
    },
  });
}
