// This browser as a device that is told of answers.

import type { IonClient } from "../../index";
import type { Config } from "../launcher/config";
import type { Notified } from "../launcher/host";
import type { Conversation } from "./conversation";
import type { Person } from "./people";
import type { KeyValue } from "./space";

const KEY = "notify";
// of the site: the server's key that this browser was subscribed under for the chat
const UNDER = "push";

interface Settings {
  web_push_key?: string;
}

/** What is needed to be told of answers. */
export interface NotifyOptions {
  site: KeyValue;
  installation: string;
  config: () => Config;
  conversation: () => Conversation;
}

/** Registers this browser for whoever talks. */
export class Notifications {
  #options: NotifyOptions;

  constructor(options: NotifyOptions) {
    this.#options = options;
  }

  /** Whether the person can ask for notifications and has not. */
  get offered(): boolean {
    const { space } = this.#options.conversation().person;
    return "PushManager" in window && this.#options.config().worker !== "" && !space.get(KEY);
  }

  /** Subscribe and tell the server, also of another address; the browser has been allowed to. */
  async subscribe(): Promise<Notified> {
    const { worker } = this.#options.config();
    const { client, person } = this.#options.conversation();
    if (!worker || !navigator.serviceWorker) return "unsupported";
    try {
      const { web_push_key: key } = await client.rest<Settings>("GET", "/notifications/settings");
      if (!key) return "unavailable";
      const { pushManager } = await active(await navigator.serviceWorker.register(worker));
      await this.#register(client, await this.#subscribed(pushManager, key), key);
    } catch {
      return "unavailable";
    }
    person.space.set(KEY, "1");
    return "on";
  }

  /** Tell the server where this browser is now, if the person wanted that. */
  async renew(): Promise<void> {
    if (allowed(this.#options.conversation())) await this.subscribe();
  }

  /** Consent goes along with a visitor who signs in; for everybody else it ends. */
  async moved(before: Conversation): Promise<void> {
    const { kind } = this.#options.conversation().person;
    if (allowed(before) && before.person.kind === "visitor" && kind === "user") await this.subscribe();
  }

  /** Let the browser itself end what a person allowed; resolves to whether it did. Works offline. */
  async silence({ space }: Person): Promise<boolean> {
    const { config, site } = this.#options;
    if (!config().worker || !space.get(KEY)) return false;
    try {
      const known = await (await this.#worker())?.pushManager.getSubscription();
      return known ? keyOf(known) === site.get(UNDER) && (await known.unsubscribe()) : false;
    } catch {
      return false;
    }
  }

  /** Have the worker close cards of what was read or deleted elsewhere: no message may come for that alone. */
  async tidy(): Promise<void> {
    const cards = await this.#cards();
    if (!cards[0]) return;
    const ion = await this.#options.conversation().client.sessions().catch(() => {});
    // the list says nothing of cards that came while it was asked for
    (await this.#worker())!.active!.postMessage({ ion, old: cards.map(({ data }) => data) });
  }

  /** Close all of the chat's cards. */
  async clear(): Promise<void> {
    for (const each of await this.#cards()) each.close();
  }

  /** Who opens notifications is glad of them: the server sends fewer to who does not. */
  async opened(id: string): Promise<void> {
    const body = { installation_id: this.#options.installation, event: "opened" };
    const path = `/notifications/${encodeURIComponent(id)}/ack`;
    await this.#options.conversation().client.rest("POST", path, body).catch(() => {});
  }

  async #worker(): Promise<ServiceWorkerRegistration | undefined> {
    const { worker } = this.#options.config();
    // without one it would be the page's own
    return worker ? navigator.serviceWorker?.getRegistration(worker) : undefined;
  }

  /** The chat's cards; some browsers tell of none. */
  async #cards(): Promise<Notification[]> {
    const worker = await this.#worker();
    return ((await worker?.getNotifications?.()) ?? []).filter(({ tag }) => tag.startsWith("ion:"));
  }

  /** A subscription is of no use with another key; one of the site's own is not touched. */
  async #subscribed(manager: PushManager, key: string): Promise<PushSubscription> {
    const { site } = this.#options;
    const known = await manager.getSubscription();
    const under = known && keyOf(known);
    if (known && under !== key) {
      if (under !== site.get(UNDER)) throw new Error("the site's own");
      await known.unsubscribe();
    }
    site.set(UNDER, key);
    if (known && under === key) return known;
    return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }

  async #register(client: IonClient, subscription: PushSubscription, key: string): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    await client.rest("PUT", `/devices/${this.#options.installation}`, {
      kind: "webpush",
      platform: "web",
      subscription: { endpoint, keys, applicationServerKey: key },
      locale: this.#options.config().lang,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  }
}

function allowed({ person }: Conversation): boolean {
  return window.Notification?.permission === "granted" && !!person.space.get(KEY);
}

/** A worker that is being installed can't be pushed to. */
async function active(registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active || !coming) return registration;
  await new Promise<void>((done) => {
    coming.addEventListener("statechange", () => coming.state === "activated" && done());
  });
  return registration;
}

/** Return the server's key that a subscription was made with, in base64url. */
function keyOf({ options }: PushSubscription): string {
  const text = String.fromCharCode(...new Uint8Array(options.applicationServerKey ?? []));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
