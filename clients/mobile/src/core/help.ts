// Ways to reach a human, by the country somebody is probably in: the server's own list, on the phone.

import book from "../words/helplines.json";
import type { HelpLine } from "./resources";

interface Country {
  emergency: string;
  lines: HelpLine[];
}

interface Book {
  anywhere: HelpLine[];
  country: Record<string, Country>;
  timezones: Record<string, string>;
}

export interface Help {
  /** The number to call in danger, "" where the country is not known. */
  emergency: string;
  lines: HelpLine[];
  anywhere: HelpLine[];
}

/** Return the lines of the locale's country, else of the time zone's. */
export function helpFor({ locale, timezone }: { locale: string; timezone: string }): Help {
  const { anywhere, country, timezones }: Book = book;
  const region = /[-_]([A-Za-z]{2})(?=$|[-_.@])/.exec(locale)?.[1]?.toUpperCase();
  const found = country[region ?? ""] ?? country[timezones[timezone] ?? ""];
  return { emergency: found?.emergency ?? "", lines: found?.lines ?? [], anywhere };
}
