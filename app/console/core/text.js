// Facts about texts: how long, in which language.

/** The most characters a message may have; the server counts code points, not UTF-16 units. */
export const MOST_CHARS = 8_000;

/** Return the number of code points; exact only near the limit, where it matters. */
export function length(text) {
  return text.length < MOST_CHARS / 2 ? text.length : Array.from(text).length;
}

/** Return whether there is something to read. */
export function hasContent(text) {
  return /[^\s\p{C}]/u.test(text);
}

/** Return "ko" for a text whose letters are Hangul for a good part, else "en". */
export function languageOf(text) {
  const hangul = text.match(/[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/g)?.length ?? 0;
  const latin = text.match(/[A-Za-z]/g)?.length ?? 0;
  return hangul * 2 > latin ? "ko" : "en";
}

/** Return the first words of a text on one line. */
export function excerpt(text, most = 48) {
  const line = text.split(/\s+/).filter(Boolean).join(" ");
  const letters = Array.from(line);
  return letters.length <= most ? line : `${letters.slice(0, most).join("").trimEnd()}…`;
}
