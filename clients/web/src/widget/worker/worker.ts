// The service worker: shows what is pushed, and leads to the session that it is of.
//
// A page of another origin loads it from a file of its own, of one line:
// importScripts("https://ion.example.com/widget/ion-sw.js");
// That may be the page's own worker, so nothing is touched but what is tagged as ours.

/** What the server pushes; see push/webpush/payload.py. */
interface Payload {
  id: string;
  title: string;
  body: string;
  tag: string;
  thread: string;
  badge: number;
  number: number;
  at: number;
  link?: string;
  /** The sessions with something unread, where that is known. */
  unread?: string[];
}

interface PushEvent extends Event {
  readonly data: { json(): unknown } | null;
  waitUntil(done: Promise<unknown>): void;
}

interface SaidEvent extends Event {
  readonly data: { ion?: { sessions: { id: string; unread?: number }[]; next: string | null }; old?: Payload[] } | null;
  waitUntil(done: Promise<unknown>): void;
}

interface ClickEvent extends PushEvent {
  readonly notification: Notification & { data: Payload | undefined };
}

interface WindowClient {
  readonly url: string;
  readonly focused: boolean;
  focus(): Promise<WindowClient>;
  postMessage(message: unknown): void;
}

interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
  };
  readonly navigator: Navigator;
  addEventListener<E extends Event>(name: string, act: (event: E) => void): void;
}

const OURS = "ion:";
const worker = globalThis as unknown as Worker;

worker.addEventListener<PushEvent>("push", (event) => {
  const payload = read(event);
  if (payload) event.waitUntil(show(payload).then(() => outdate(payload)));
});

// a page that is looked at says what there is, and which cards there were before it asked
worker.addEventListener<SaidEvent>("message", (event) => {
  if (!event.data?.ion) return;
  const { ion, old = [] } = event.data;
  const unread = new Map(ion.sessions.map((each) => [each.id, each.unread ?? 0]));
  // where there are more sessions, one that is not listed may be unread
  event.waitUntil(tidy((card) => {
    const wasShown = old.some(({ id, number }) => id === card.id && number === card.number);
    return wasShown && !(unread.get(card.thread) ?? ion.next);
  }));
});

worker.addEventListener<ClickEvent>("notificationclick", (event) => {
  if (!event.notification.tag.startsWith(OURS)) return;
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});

// pages hold the tokens: those that are open tell the server at once, others when they are opened
worker.addEventListener<PushEvent>("pushsubscriptionchange", (event) =>
  event.waitUntil(tellPages({ type: "ion-subscribe" })));

function read({ data }: PushEvent): Payload | null {
  try {
    const payload = data?.json() as Payload | null;
    const ours = payload?.id && [payload.title, payload.tag, payload.thread].every((each) => typeof each === "string");
    return ours ? payload : null;
  } catch {
    return null;
  }
}

/** Something must be shown for every message: a late one shows again what it would replace. */
async function show(payload: Payload): Promise<void> {
  const tag = OURS + payload.tag;
  const shown = await worker.registration.getNotifications({ tag });
  const newer = shown.map(({ data }) => data as Payload | undefined)
    .find((each) => each && each.number > payload.number);
  const { title, body, at, badge } = newer ?? payload;
  const options = { tag, body, data: newer ?? payload, timestamp: at, silent: Boolean(newer) };
  await worker.registration.showNotification(title, options);
  if ("setAppBadge" in worker.navigator) await worker.navigator.setAppBadge(badge).catch(() => {});
}

/** Close older cards of what was read or deleted elsewhere: no message may come for that alone. */
async function outdate({ unread, number, tag }: Payload): Promise<void> {
  if (unread) await tidy((card) => card.tag !== tag && card.number < number && !unread.includes(card.thread));
}

/** Close cards of sessions that are over; what is of no session stays. */
async function tidy(isOver: (card: Payload) => boolean): Promise<void> {
  for (const card of await worker.registration.getNotifications()) {
    const of = card.data as Payload | undefined;
    if (!of || !card.tag.startsWith(OURS) || [of.id, "test"].includes(of.thread)) continue;
    if (isOver(of)) card.close();
  }
}

/** Bring a page to the front that has the chat, or open one. */
async function lead(payload?: Payload): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  const message = { type: "ion-open", session: payload?.thread ?? "", id: payload?.id ?? "" };
  if (page) {
    page.postMessage(message);
    await page.focus().catch(() => {});
  } else {
    await worker.clients.openWindow(new URL(payload?.link || ".", worker.registration.scope).href);
  }
}

async function tellPages(message: unknown): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}
