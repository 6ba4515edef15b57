// A phone, as the core asks for it: iOS and Android.

import * as Application from "expo-application";
import Constants from "expo-constants";
import * as Crypto from "expo-crypto";
import { File, Paths } from "expo-file-system";
import { getCalendars, getLocales } from "expo-localization";
import * as Network from "expo-network";
import * as SecureStore from "expo-secure-store";
import * as Sharing from "expo-sharing";
import { AppState, Platform } from "react-native";

import { SqlHistory } from "../core/sql_history";
import { SqlPairs } from "../core/pairs";
import type { Phone } from "../core/phone";
import { phoneNotifications } from "./notifications";
import { openSql } from "./sqlite";

/** Return the phone that the app runs on. */
export function thisPhone(): Phone {
  const locales = getLocales();
  return {
    platform: Platform.OS === "ios" ? "ios" : "android",
    version: Application.nativeApplicationVersion ?? Constants.expoConfig?.version ?? "",
    locale: locales[0]?.languageTag ?? "en",
    languages: locales.map(({ languageTag }) => languageTag),
    timezone: getCalendars()[0]?.timeZone ?? "",
    server: firstServer(),
    pairs: new SqlPairs(openSql("app.db")),
    secrets: {
      get: (key) => SecureStore.getItemAsync(key),
      set: (key, value) => SecureStore.setItemAsync(key, value, { keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK }),
      remove: (key) => SecureStore.deleteItemAsync(key),
    },
    shelf: (server) => {
      const sql = openSql(`${server.replace(/[^A-Za-z0-9.-]+/g, "_")}.db`);
      return { pairs: new SqlPairs(sql), history: new SqlHistory(sql) };
    },
    fetch: (url, options) => fetch(url, options),
    socket: (url, protocols) => new WebSocket(url, protocols),
    notifications: phoneNotifications(),
    now: () => Date.now(),
    newId: () => Crypto.randomUUID(),
    onWake,
    share,
  };
}

/** The one that the build names; while the app is written, the product beside Metro. */
function firstServer(): string {
  const { extra, hostUri } = Constants.expoConfig ?? {};
  const [host] = hostUri?.split(":") ?? [];
  return String(extra?.server || (host ? `http://${host}:8000` : ""));
}

function onWake(listener: () => void): () => void {
  const app = AppState.addEventListener("change", (state) => state === "active" && listener());
  const network = Network.addNetworkStateListener(({ isConnected }) => isConnected && listener());
  return () => {
    app.remove();
    network.remove();
  };
}

async function share(name: string, text: string): Promise<void> {
  const file = new File(Paths.cache, name);
  file.write(text);
  await Sharing.shareAsync(file.uri, { mimeType: "application/json" });
}
