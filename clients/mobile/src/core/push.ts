// Whether this phone is told of answers: permission, its address at the server, and what comes.

import type { Api } from "./api";
import { readNotification } from "./links";
import type { Notifications, Permission, Phone } from "./phone";
import { Signal } from "./signal";

export interface Parts {
  api: Api;
  phone: Phone;
  notifications: Notifications;
  installationId: string;
  language: () => string;
}

export class Push extends Signal {
  permission: Permission = "unasked";
  /** Whether the server knows where this phone is reached. */
  registered = false;
  #parts: Parts;
  #ends: (() => void)[] = [];
  #newest = new Map<string, number>();

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
  }

  /** Begin to listen; a phone that may be told is registered anew on every start. */
  async start(came: (sessionId: string | null) => void): Promise<void> {
    const { notifications } = this.#parts;
    this.#ends = [
      notifications.onToken((token) => void this.#register(token)),
      notifications.onCame((data) => came(this.#came(data))),
      notifications.onOpened((data) => void this.#opened(data)),
    ];
    await this.refresh();
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** See whether the person changed their mind in the phone's settings, and register. */
  async refresh(): Promise<void> {
    this.#heard(await this.#parts.notifications.permission());
    if (this.permission === "granted") await this.#registerNow();
  }

  /** Ask the person, and register when they agree. */
  async enable(): Promise<void> {
    this.#heard(await this.#parts.notifications.ask());
    if (this.permission === "granted") await this.#registerNow();
  }

  /** Have the server send one now; false when that can't be. Raises ApiError. */
  async test(): Promise<boolean> {
    return (await this.#parts.api.testDevice(this.#parts.installationId)).outcome === "accepted";
  }

  async #registerNow(): Promise<void> {
    const token = await this.#parts.notifications.token();
    if (token === null) return this.#heard("impossible");
    await this.#register(token);
  }

  async #register(token: string): Promise<void> {
    const { api, phone, installationId, language } = this.#parts;
    if (phone.platform === "web") return;
    try {
      await api.registerDevice(installationId, {
        kind: "fcm_token", platform: phone.platform, token, timezone: phone.timezone,
        app_version: phone.version, locale: localeOf(phone.locale, language()),
      });
      this.registered = true;
    } catch {
      this.registered = false; // the next start tries again
    }
    this.changed();
  }

  /** What comes while the app is open: a badge, or a wish to take something away. */
  #came(data: unknown): string | null {
    const told = readNotification(data);
    const { notifications } = this.#parts;
    if (told.sessionId) {
      // a message that was overtaken by a later one of its session says nothing new
      if (told.number < (this.#newest.get(told.sessionId) ?? 0)) return null;
      this.#newest.set(told.sessionId, told.number);
      if (told.clear) notifications.clear(told.sessionId);
    }
    if (told.badge !== null) notifications.badge(told.badge);
    if (told.notificationId && !told.clear) void this.#ack(told.notificationId, "delivered");
    return told.sessionId;
  }

  async #opened(data: unknown): Promise<void> {
    const { notificationId } = readNotification(data);
    if (notificationId) await this.#ack(notificationId, "opened");
  }

  async #ack(id: string, event: "delivered" | "opened"): Promise<void> {
    try {
      await this.#parts.api.ackNotification(id, this.#parts.installationId, event);
    } catch {
      // it only serves to count
    }
  }

  #heard(permission: Permission): void {
    this.permission = permission;
    this.changed();
  }
}

/** Return the phone's locale, in the language that the person chose for the app. */
export function localeOf(locale: string, language: string): string {
  const [, ...rest] = locale.split(/[-_]/);
  return [language, ...rest].join("-");
}
