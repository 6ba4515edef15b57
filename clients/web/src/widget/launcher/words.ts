// What the launcher says, in English and Korean, and what a page says instead.

import type { PanelWords } from "../panel/words";

/** The words of the launcher. */
export interface LauncherWords {
  title: string;
  open: string;
  openUnread: (count: number) => string;
  close: string;
  notLoaded: string;
}

/** All that the widget says. */
export type Words = LauncherWords & PanelWords;

const EN: LauncherWords = {
  title: "Talk with a mentor",
  open: "Open the chat",
  openUnread: (count) => `Open the chat, ${count} unread`,
  close: "Close the chat",
  notLoaded: "The chat could not be loaded. Check the connection and try again.",
};

const KO: LauncherWords = {
  title: "멘토와 이야기하기",
  open: "채팅 열기",
  openUnread: (count) => `채팅 열기, 읽지 않음 ${count}개`,
  close: "채팅 닫기",
  notLoaded: "채팅을 불러오지 못했어요. 연결을 확인하고 다시 눌러 주세요.",
};

/** Return "ko" for Korean, else "en": the languages that the widget brings along. */
export function ownLanguage(lang: string): "en" | "ko" {
  return /^ko\b/i.test(lang) ? "ko" : "en";
}

/** The words of a page, by language. */
export class PageWords {
  #words = new Map<string, Partial<Words>>();

  /** Say these words in a language, in place of the widget's own. */
  set(lang: string, words: Partial<Words>): void {
    this.#words.set(lang.toLowerCase(), { ...this.of(lang), ...words });
  }

  /** Return what the page says itself in a language. */
  of(lang: string): Partial<Words> {
    const tag = lang.toLowerCase();
    return this.#words.get(tag) ?? this.#words.get(tag.split("-")[0] ?? "") ?? {};
  }

  /** Return whether the page has words of its own in a language. */
  has(lang: string): boolean {
    return Object.keys(this.of(lang)).length > 0;
  }

  /** Return the words of the launcher. */
  launcher(lang: string): LauncherWords {
    return { ...(ownLanguage(lang) === "ko" ? KO : EN), ...this.of(lang) };
  }
}
