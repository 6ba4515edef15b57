// All that is kept of somebody: taken along as a file, or erased here and on the server.

const TOKENS = "ion.tokens";
const THE_PAGES_OWN = ["ion.theme", "ion.language"];

export class Account {
  #api;
  #storage;

  constructor({ api, storage }) {
    this.#api = api;
    this.#storage = storage;
  }

  /** Return all that the server keeps of the person, as text for a file; raises ApiError. */
  async exported() {
    return JSON.stringify(await this.#api.exported(), null, 2);
  }

  /** Erase everything there, then here; returns the receipt. Raises ApiError: nothing is gone here. */
  async erase() {
    const erased = this.#userId();
    const receipt = await this.#api.eraseAccount();
    // another tab, cut off meanwhile, may have begun as somebody new
    const stays = this.#userId() === erased ? THE_PAGES_OWN : [...THE_PAGES_OWN, TOKENS];
    for (const key of this.#storage.keys("ion.")) {
      if (!stays.includes(key)) this.#storage.remove(key);
    }
    return receipt;
  }

  #userId() {
    return this.#storage.get(TOKENS)?.user_id;
  }
}
