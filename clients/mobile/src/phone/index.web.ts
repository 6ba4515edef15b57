// A browser, as the core asks for it: the same screens, without a keychain and notifications.

import Constants from "expo-constants";

import { PairsHistory } from "../core/pairs_history";
import { WebPairs } from "../core/pairs";
import type { Phone } from "../core/phone";

/** Return the browser that the page runs in. */
export function thisPhone(): Phone {
  const storage = storageOrNull();
  const pairs = new WebPairs(storage);
  return {
    platform: "web",
    version: Constants.expoConfig?.version ?? "",
    locale: navigator.language,
    languages: [...navigator.languages],
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    // the page is served beside the product, unless the build names another place
    server: String(Constants.expoConfig?.extra?.server || location.origin),
    pairs,
    secrets: {
      get: async (key) => pairs.get(key),
      set: async (key, value) => pairs.set(key, value),
      remove: async (key) => pairs.remove(key),
    },
    shelf: (server) => {
      const own = new WebPairs(storage, `ion.shelf.${server}.`);
      return { pairs: own, history: new PairsHistory(own) };
    },
    fetch: (url, options) => fetch(url, options),
    socket: (url, protocols) => new WebSocket(url, protocols),
    notifications: {
      permission: async () => "impossible",
      ask: async () => "impossible",
      token: async () => null,
      onToken: () => () => {},
      opened: () => null,
      onOpened: () => () => {},
      onCame: () => () => {},
      badge: (count) => void (document.title = count ? `(${count}) ION` : "ION"),
      clear: () => {},
    },
    now: () => Date.now(),
    newId: () => crypto.randomUUID?.() ?? Math.random().toString(36).slice(2),
    onWake,
    share,
  };
}

function storageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function onWake(listener: () => void): () => void {
  const seen = () => document.visibilityState === "visible" && listener();
  document.addEventListener("visibilitychange", seen);
  addEventListener("online", listener);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("online", listener);
  };
}

async function share(name: string, text: string): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
