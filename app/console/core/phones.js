// Simulated phones: registered like real ones, and asked again and again what they show.

import { newId } from "./ids.js";

const EVERY_MS = 1_000;
const PLATFORMS = ["android", "ios"];

export class Phones {
  #api;
  #timers;
  #changed;
  #place;
  #timer = null;
  #asked = 0;
  list = null;
  failed = false;

  /** `place()` gives the locale and timezone that phones are registered with. */
  constructor({ api, timers, changed, place }) {
    this.#api = api;
    this.#timers = timers;
    this.#changed = changed;
    this.#place = place;
  }

  /** Look now, and then once a second. */
  async watch() {
    this.rest();
    const asked = ++this.#asked;
    try {
      const { phones } = await this.#api.phones();
      if (asked !== this.#asked) return;
      this.list = phones;
      this.failed = false;
    } catch {
      if (asked !== this.#asked) return;
      this.failed = true;
    }
    this.#changed();
    this.#timer = this.#timers.setTimeout(() => this.watch(), EVERY_MS);
  }

  /** Look no more. */
  rest() {
    this.#timers.clearTimeout(this.#timer);
    this.#asked += 1;
  }

  /** Register one more. */
  add() {
    const platform = PLATFORMS[(this.list ?? []).length % PLATFORMS.length];
    return this.#do(() => this.#register({ installation_id: newId("phone_"), platform, preview: false }));
  }

  /** Show words on a phone's locked screen, or hide those that come. */
  preview(phone, preview) {
    return this.#do(() => this.#register({ ...phone, preview }));
  }

  remove(phone) {
    return this.#do(() => this.#api.removeDevice(phone.installation_id));
  }

  test(phone) {
    return this.#do(() => this.#api.testDevice(phone.installation_id));
  }

  /** Swipe a card away. */
  dismiss(phone, card) {
    return this.#do(() => this.#api.dismissCard(phone.installation_id, card.tag));
  }

  /** A card was tapped: it goes, and the phone tells the server that it was opened. */
  async opened(phone, card) {
    await this.dismiss(phone, card);
    // a test is no notification that the server keeps
    await this.#api.openedNotification(card.notification_id, phone.installation_id).catch(() => null);
  }

  async #do(work) {
    try {
      await work();
    } catch {
      this.failed = true;
      this.#changed();
    }
    return this.watch();
  }

  #register({ installation_id, platform, preview }) {
    const token = `simulated:${installation_id}`;
    return this.#api.registerDevice(installation_id, {
      kind: "fcm_token", platform, token, preview, ...this.#place(),
    });
  }
}
