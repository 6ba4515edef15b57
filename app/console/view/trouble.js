// What went wrong with something that waits in the outbox, and the two ways on.

import { el } from "./dom.js";

/** Return the elements: the reason, trying again, and giving it up under the given name. */
export function troubleWith({ id, error }, { words, act }, giveUp) {
  const way = (text, onclick) => el("button", { type: "button", class: "small-button", onclick }, text);
  return [
    el("p", {}, words.errors[error] ?? words.errors.default),
    way(words.retry, () => act.retry(id)),
    way(giveUp, () => act.discard(id)),
  ];
}
