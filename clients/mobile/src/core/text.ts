// Facts about texts.

/** The most characters a message may have; the server counts code points, not UTF-16 units. */
export const MOST_CHARS = 8_000;

/** Return the number of code points; exact only near the limit, where it matters. */
export function length(text: string): number {
  return text.length < MOST_CHARS / 2 ? text.length : Array.from(text).length;
}

/** Return whether there is something to read. */
export function hasContent(text: string): boolean {
  return text.trim().length > 0;
}

/** Return the first words of a text on one line, without marks of Markdown. */
export function excerpt(text: string, most = 90): string {
  const line = text.replace(/[*_`#>|]+/g, "").split(/\s+/).filter(Boolean).join(" ");
  const letters = Array.from(line);
  return letters.length <= most ? line : `${letters.slice(0, most).join("").trimEnd()}…`;
}

/** Return a link that dials or writes, or null for contacts that are instructions. */
export function contactHref(contact: string): string | null {
  if (/^\+?[\d\s().-]{2,24}$/.test(contact)) return `tel:${contact.replace(/[^\d+]/g, "")}`;
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? `mailto:${contact}` : null;
}

/** Return the address of a server without a path, or null where it makes no sense. */
export function serverOf(address: string): string | null {
  const found = /^\s*(https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?|https?:\/\/\[[0-9a-fA-F:]+\](?::\d{1,5})?)\/*\s*$/i.exec(address);
  return found?.[1]?.toLowerCase() ?? null;
}
