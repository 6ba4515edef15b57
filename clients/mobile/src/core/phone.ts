// What the core asks of the phone; src/phone.*.ts answer it.

import type { SocketLike } from "@ion-mentoring/client";

import type { Secrets } from "./account";
import type { Fetch } from "./api";
import type { History } from "./history";
import type { Pairs } from "./pairs";

export type Permission = "granted" | "denied" | "unasked" | "impossible";

export interface Notifications {
  permission(): Promise<Permission>;
  ask(): Promise<Permission>;
  /** Return the address at which FCM reaches this installation, null where it can't. */
  token(): Promise<string | null>;
  onToken(listener: (token: string) => void): () => void;
  /** Return the data of the notification that was opened last, maybe to start the app. */
  opened(): unknown;
  onOpened(listener: (data: unknown) => void): () => void;
  /** A notification came while the app is on the screen. */
  onCame(listener: (data: unknown) => void): () => void;
  badge(count: number): void;
  /** Take away what is shown of a session. */
  clear(sessionId: string): void;
}

/** Where a server's conversations are kept: of each server its own, of one person at a time. */
export interface Shelf {
  pairs: Pairs;
  history: History;
}

export interface Phone {
  platform: "ios" | "android" | "web";
  version: string;
  locale: string;
  languages: string[];
  timezone: string;
  /** The server that is used until the person names another. */
  server: string;
  /** What the app itself remembers: settings. */
  pairs: Pairs;
  secrets: Secrets;
  shelf(server: string): Shelf;
  fetch: Fetch;
  socket(url: string, protocols: string[]): SocketLike;
  notifications: Notifications;
  now(): number;
  newId(): string;
  /** Called when the app comes to the screen, and when the network is back. */
  onWake(listener: () => void): () => void;
  /** Hand a file to other apps, or save it. */
  share(name: string, text: string): Promise<void>;
}
