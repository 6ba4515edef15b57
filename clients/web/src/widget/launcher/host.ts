// What the launcher and the lazily loaded panel know of each other.

import type { Config } from "./config";
import type { PageWords } from "./words";

/** An id token, or a function that fetches one whenever it is asked. */
export type TokenSource = string | (() => string | Promise<string>);

/** What happens in the widget; none of it carries the text of a message. */
export interface IonEvents {
  open: Record<string, never>;
  close: Record<string, never>;
  message: {
    role: "user" | "assistant";
    message_id: string;
    session_id: string;
    persona: string | null;
    status: string;
  };
  unread: { count: number };
  identity: { user_id: string | null; state: "visitor" | "user" | "expired" };
}

/** The launcher, as the panel sees it. */
export interface Host {
  readonly root: ShadowRoot;
  /** The language that its words are in. */
  readonly lang: string;
  readonly words: PageWords;
  config(): Config;
  close(): void;
  /** Ask for notifications; call it from a click. */
  notify(): Promise<Notified>;
  emit<K extends keyof IonEvents>(name: K, detail: IonEvents[K]): void;
}

/** The panel, as the launcher sees it. */
export interface Panel {
  /** Show it, at a session of the person when one is named, and move the focus in. */
  show(session?: string): void;
  /** A notification led here. */
  opened(notification: string): void;
  hide(): void;
  /** Let a user talk whom the page names. */
  identify(source: TokenSource): Promise<void>;
  logout(): Promise<void>;
  /** Register this browser for notifications. */
  notify(): Promise<Notified>;
  /** The browser has another address for notifications: tell the server, if the person wants them. */
  renew(): void;
  /** The page's settings or words are others now. */
  configured(): void;
}

/** What came of asking for notifications. */
export type Notified = "on" | "denied" | "unsupported" | "unavailable";

/** The module that holds the panel. */
export interface PanelModule {
  createPanel(host: Host): Panel;
}
