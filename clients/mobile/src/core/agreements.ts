// Check-ins, and what the person wants to be told: as last heard, so that it shows without a network.

import type { Api } from "./api";
import type { Pairs } from "./pairs";
import { readJson } from "./pairs";
import type { CheckIn, CreateCheckIn, NotificationSettings } from "./resources";
import { Signal } from "./signal";

const CHECK_INS = "agreements.checkins";
const SETTINGS = "agreements.settings";

interface Parts {
  api: Api;
  pairs: Pairs;
}

export class Agreements extends Signal {
  checkIns: CheckIn[];
  settings: NotificationSettings | null;
  #parts: Parts;

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
    this.checkIns = readJson<CheckIn[]>(parts.pairs, CHECK_INS) ?? [];
    this.settings = readJson<NotificationSettings>(parts.pairs, SETTINGS);
  }

  /** Ask for all of it; false when the server could not be asked. */
  async refresh(): Promise<boolean> {
    const { api } = this.#parts;
    try {
      const [checkIns, settings] = await Promise.all([api.checkIns(), api.notificationSettings()]);
      this.#heard({ checkIns, settings });
      return true;
    } catch {
      return false;
    }
  }

  /** Change settings; shown at once, and taken back when it fails; raises ApiError. */
  async change(changes: Partial<NotificationSettings>): Promise<void> {
    const before = this.settings;
    if (before) this.#heard({ settings: { ...before, ...changes } });
    try {
      this.#heard({ settings: await this.#parts.api.updateNotifications(changes) });
    } catch (error) {
      if (before) this.#heard({ settings: before });
      throw error;
    }
  }

  /** Agree on a time; raises ApiError. */
  async agree(wish: CreateCheckIn): Promise<void> {
    const made = await this.#parts.api.createCheckIn(wish);
    const others = this.checkIns.filter((each) => each.id !== made.id);
    const checkIns = [...others, made].sort((a, b) => (a.next_at < b.next_at ? -1 : 1));
    this.#heard({ checkIns });
  }

  /** End a check-in; raises ApiError. */
  async end(id: string): Promise<void> {
    await this.#parts.api.deleteCheckIn(id);
    this.#heard({ checkIns: this.checkIns.filter((each) => each.id !== id) });
  }

  /** Forget all: somebody else is here. */
  clear(): void {
    this.checkIns = [];
    this.settings = null;
    this.#parts.pairs.remove(CHECK_INS);
    this.#parts.pairs.remove(SETTINGS);
    this.changed();
  }

  #heard({ checkIns = this.checkIns, settings = this.settings }: Partial<Pick<Agreements, "checkIns" | "settings">>): void {
    this.checkIns = checkIns;
    this.settings = settings;
    this.#parts.pairs.set(CHECK_INS, JSON.stringify(checkIns));
    this.#parts.pairs.set(SETTINGS, JSON.stringify(settings));
    this.changed();
  }
}
