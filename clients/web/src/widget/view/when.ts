// When something was, in as few words as it can be said.

const DAY_MS = 86_400_000;

/** Return a time of today, "yesterday", a day of this week, or a date; times are in milliseconds. */
export function when(at: number, now: number, lang: string): string {
  const [then, today] = [new Date(at), new Date(now)];
  const days = Math.round((today.setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS);
  const tongue = known(lang);
  if (days === 1) return new Intl.RelativeTimeFormat(tongue, { numeric: "auto" }).format(-1, "day");
  const year = then.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return then.toLocaleString(tongue, days < 1 ? { hour: "numeric", minute: "2-digit" }
    : days < 7 ? { weekday: "long" } : { year, month: "short", day: "numeric" });
}

/** A page may name a language in a way that is none. */
function known(lang: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(lang)[0];
  } catch {
    return undefined;
  }
}
