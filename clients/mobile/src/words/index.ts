// The words in force, with their ways to write a time and a day.

import { createContext, useContext } from "react";
import type { Phrases } from "./en";
import { EN } from "./en";
import { KO } from "./ko";

export type Language = "en" | "ko";
export type LanguageChoice = "auto" | Language;

const LANGUAGES: Record<Language, Phrases> = { en: EN, ko: KO };

export interface Words extends Phrases {
  id: Language;
  time(at: string): string;
  date(at: string): string;
  /** Today, yesterday, tomorrow, or the day with its weekday. */
  day(at: string): string;
  /** As lists say it: the time today, the date else. */
  when(at: string): string;
}

/** Return the person's choice, else the first of the phone's languages that we speak. */
export function chooseLanguage(choice: LanguageChoice, preferred: string[]): Language {
  if (choice !== "auto") return choice;
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag): tag is Language => tag in LANGUAGES) ?? "en";
}

/** Return the words of a language. */
export function wordsOf(id: Language, now: () => Date = () => new Date()): Words {
  const phrases = LANGUAGES[id];
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(id, options);
    return (at: string) => formatter.format(new Date(at));
  };
  const time = format({ hour: "numeric", minute: "2-digit" });
  const date = format({ month: "long", day: "numeric" });
  const dated = format({ year: "numeric", month: "long", day: "numeric" });
  const short = format({ month: "short", day: "numeric" });
  const weekday = format({ weekday: "long", month: "long", day: "numeric" });
  const daysAgo = (at: string) => Math.round((midnight(now()) - midnight(new Date(at))) / 86_400_000);
  return {
    ...phrases, id, time,
    date: (at) => (new Date(at).getFullYear() === now().getFullYear() ? date : dated)(at),
    day: (at) => {
      const near: Record<number, string> = { 0: phrases.today, 1: phrases.yesterday, [-1]: phrases.tomorrow };
      return near[daysAgo(at)] ?? weekday(at);
    },
    when: (at) => (daysAgo(at) === 0 ? time(at) : daysAgo(at) === 1 ? phrases.yesterday : short(at)),
  };
}

/** Return a resonance key in words, or "" where a part of it is not known. */
export function resonanceWords(key: string, words: Phrases): string {
  const [tone = "", pace = "", intent = ""] = key.split("-");
  const parts = [words.tones[tone], words.paces[pace], words.intents[intent]];
  return parts.every(Boolean) ? parts.join(" · ") : "";
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export const WordsContext = createContext<Words>(wordsOf("en"));

/** Return the words in force. */
export function useWords(): Words {
  return useContext(WordsContext);
}
