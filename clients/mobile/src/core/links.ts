// Addresses that lead into the app: links, and notifications that were opened.

const SESSION = /^s_[A-Za-z0-9_-]{1,62}$/;

/** Return the session that `ion://sessions/s_…` (or the same path on the web) names, or null. */
export function sessionOfLink(link: string): string | null {
  const found = /^(?:ion:\/\/|https?:\/\/[^/]+)\/?sessions\/([^/?#]+)\/?(?:[?#].*)?$/.exec(link);
  return sessionId(found?.[1]);
}

export interface Told {
  sessionId: string | null;
  notificationId: string | null;
  number: number;
  badge: number | null;
  clear: boolean;
}

/** Return what a notification's data says; everything in it is text. */
export function readNotification(data: unknown): Told {
  const texts = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  const badge = Number.parseInt(String(texts.badge ?? ""), 10);
  return {
    sessionId: sessionId(texts.thread),
    notificationId: typeof texts.notification_id === "string" && texts.notification_id ? texts.notification_id : null,
    number: Number.parseInt(String(texts.number ?? ""), 10) || 0,
    badge: Number.isInteger(badge) && badge >= 0 ? badge : null,
    clear: texts.clear === "1",
  };
}

function sessionId(text: unknown): string | null {
  return typeof text === "string" && SESSION.test(text) ? text : null;
}
