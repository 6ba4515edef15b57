// What the parts of the panel share.

import { languageOf } from "../../../../../app/console/core/text.js";
import type { PanelWords } from "../panel/words";

/** A persona as the server lists it. */
export interface Persona {
  id: string;
  name: string;
  names: Record<string, string>;
  role: string;
  color: string;
}

/** What the person can do. */
export interface Acts {
  say(text: string): void;
  stop(): void;
  /** Send a message again that was refused. */
  retry(key: string): void;
  /** Take a message back that was refused, to say it in other words. */
  change(key: string): void;
  again(turnId: string): void;
  typing(active: boolean): void;
  draft(text: string): void;
  /** The reader comes to the first message that is shown. */
  older(): void;
  /** The newest answer was on the screen. */
  seen(): void;
  /** Show the conversations, or the one that is open again. */
  list(): void;
  /** Show older conversations. */
  more(): void;
  /** Go to a conversation, or begin one. */
  go(name?: string): void;
}

/** Words, personas and acts of one language. */
export interface Context {
  words: PanelWords;
  /** The language that the page asks for, and the one that the words are in. */
  lang: string;
  tongue: string;
  personas: Map<string, Persona>;
  act: Acts;
}

/** Return a persona with its name in the language of the panel, or null. */
export function personaIn({ personas, lang }: Context, id: string): Persona | null {
  const persona = personas.get(id);
  if (!persona) return null;
  return { ...persona, name: persona.names[lang.split("-")[0] ?? ""] ?? persona.name };
}

/** Return the language of somebody's words, as far as it can be told from their letters. */
export function tongueOf(text: string): string | undefined {
  return /[A-Za-z\uac00-\ud7a3]/.test(text) ? languageOf(text) : undefined;
}
