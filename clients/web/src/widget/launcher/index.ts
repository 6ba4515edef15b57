// What the script tag loads: the element in the page, and window.IonChat.

import { IonChatElement } from "./element";
import type { IonEvents, Notified, Panel, TokenSource } from "./host";
import type { Words } from "./words";

/** What a page can do with its widget, as `window.IonChat`. */
export interface IonChat {
  readonly element: IonChatElement;
  open(session?: string): Promise<void>;
  close(): void;
  identify(source: TokenSource): Promise<void>;
  logout(): Promise<void>;
  notify(): Promise<Notified>;
  on<K extends keyof IonEvents>(name: K, act: (detail: IonEvents[K]) => void): () => void;
  words(lang: string, words: Partial<Words>): void;
  /** Call a function with this object, as the queue did that stood here before. */
  push(act: (chat: IonChat) => void): void;
}

declare global {
  interface Window {
    IonChat: IonChat;
  }
}

function apiOf(element: IonChatElement): IonChat {
  const chat: IonChat = {
    element,
    open: (session) => element.open(session),
    close: () => element.close(),
    identify: (source) => element.identify(source),
    logout: () => element.logout(),
    notify: () => element.notify(),
    on: (name, act) => {
      const heard = (event: Event): void => act((event as CustomEvent).detail);
      element.addEventListener(`ion-${name}`, heard);
      return () => element.removeEventListener(`ion-${name}`, heard);
    },
    words: (lang, words) => {
      element.words.set(lang, words);
      element.configured();
    },
    push: (act) => act(chat),
  };
  return chat;
}

function begin(script: HTMLScriptElement | null): void {
  if (script?.src) IonChatElement.script = script.src;
  customElements.define("ion-chat", IonChatElement);
  const there = document.querySelector<IonChatElement>("ion-chat");
  const element = there ?? new IonChatElement();
  if (!there) Object.assign(element.dataset, script?.dataset);
  const waiting = (window as { IonChat?: unknown }).IonChat;
  const chat = apiOf(element);
  Object.assign(window, { IonChat: chat });
  if (Array.isArray(waiting)) waiting.forEach(chat.push);
  place(element);
  listen(element);
}

/** The service worker tells which conversation a notification led to, and when the browser's address changed. */
function listen(element: IonChatElement): void {
  const tell = (act: (panel: Panel) => void): void => void element.load().then(act).catch(() => {});
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type === "ion-open") {
      void element.open(data.session || undefined);
      tell((panel) => panel.opened(data.id));
    }
    if (data?.type === "ion-subscribe") tell((panel) => panel.renew());
  });
}

/** Put it into the page as soon as there is one. */
function place(element: IonChatElement): void {
  if (element.isConnected) element.wake();
  else if (document.body) {
    document.body.append(element);
    element.wake();
  } else requestAnimationFrame(() => place(element));
}

// a tag manager may well put the same script into a page twice, or make a module of it
if (!customElements.get("ion-chat")) {
  const own = document.currentScript ?? document.querySelector('script[src*="/ion-chat.js"]');
  begin(own as HTMLScriptElement | null);
}
