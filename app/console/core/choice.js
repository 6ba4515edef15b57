// Who answers in a conversation: the person's choice, kept here until the server keeps it.

const PREFIX = "ion.persona.";

export class Choice {
  #api;
  #storage;

  constructor({ api, storage }) {
    this.#api = api;
    this.#storage = storage;
  }

  /** Return a persona's id, or null for whoever fits; `info`: the conversation as the server has it. */
  of(key, info) {
    const kept = this.#storage.get(PREFIX + key);
    return kept ? kept.id : info?.persona ?? null;
  }

  /** Whether a choice waits to be kept by the server. */
  waits(key) {
    return this.#storage.get(PREFIX + key) !== null;
  }

  /** Choose; null gives the choice back. */
  make(key, persona) {
    this.#storage.set(PREFIX + key, { id: persona });
  }

  /** Have the server keep the choice; returns the conversation, or null when it can't now. */
  async keep(id) {
    const { id: persona } = this.#storage.get(PREFIX + id);
    let session;
    try {
      session = await this.#api.updateSession(id, { persona });
    } catch {
      return null; // the choice stays here and goes with each message
    }
    if (this.#storage.get(PREFIX + id)?.id === persona) this.#storage.remove(PREFIX + id);
    return session;
  }
}
