// Notifications of iOS and Android, and the address at which FCM reaches this installation.

import * as Expo from "expo-notifications";
import { Platform } from "react-native";

import { readNotification } from "../core/links";
import type { Notifications, Permission } from "../core/phone";
import { firebaseToken, onFirebaseToken } from "./firebase";

// the channels that the server names, with how much each may disturb
const CHANNELS: Record<string, [string, Expo.AndroidImportance]> = {
  replies: ["Answers", Expo.AndroidImportance.HIGH],
  reminders: ["Reminders", Expo.AndroidImportance.HIGH],
  check_ins: ["Check-ins", Expo.AndroidImportance.DEFAULT],
  nudges: ["A word in between", Expo.AndroidImportance.LOW],
  safety: ["Safety", Expo.AndroidImportance.HIGH],
  account: ["Account", Expo.AndroidImportance.LOW],
};

/** Return what the core may ask of this phone's notifications. */
export function phoneNotifications(): Notifications {
  Expo.setNotificationHandler({
    handleNotification: async (notification) => {
      const shown = !readNotification(dataOf(notification)).clear;
      return { shouldShowBanner: shown, shouldShowList: shown, shouldPlaySound: false, shouldSetBadge: true };
    },
  });
  if (Platform.OS === "android") void makeChannels();
  return {
    permission: async () => permissionOf(await Expo.getPermissionsAsync()),
    ask: async () => permissionOf(await Expo.requestPermissionsAsync()),
    token: async () => {
      try {
        if (Platform.OS === "ios") return await firebaseToken();
        return String((await Expo.getDevicePushTokenAsync()).data);
      } catch {
        return null; // built without Firebase, or a phone without Google's services
      }
    },
    onToken: (listener) => {
      // on an iPhone this is Apple's token, which FCM does not take
      if (Platform.OS === "ios") return onFirebaseToken(listener);
      const watch = Expo.addPushTokenListener(({ data }) => listener(String(data)));
      return () => watch.remove();
    },
    opened: () => {
      const response = Expo.getLastNotificationResponse();
      return response ? dataOf(response.notification) : null;
    },
    onOpened: (listener) => {
      const watch = Expo.addNotificationResponseReceivedListener((response) => listener(dataOf(response.notification)));
      return () => watch.remove();
    },
    onCame: (listener) => {
      const watch = Expo.addNotificationReceivedListener((notification) => listener(dataOf(notification)));
      return () => watch.remove();
    },
    badge: (count) => void Expo.setBadgeCountAsync(count),
    clear: (sessionId) => void clear(sessionId),
  };
}

async function makeChannels(): Promise<void> {
  for (const [id, [name, importance]] of Object.entries(CHANNELS)) {
    await Expo.setNotificationChannelAsync(id, { name, importance });
  }
}

async function clear(sessionId: string): Promise<void> {
  for (const shown of await Expo.getPresentedNotificationsAsync()) {
    if (readNotification(dataOf(shown)).sessionId === sessionId) {
      await Expo.dismissNotificationAsync(shown.request.identifier);
    }
  }
}

function permissionOf({ granted, canAskAgain }: { granted: boolean; canAskAgain: boolean }): Permission {
  if (granted) return "granted";
  return canAskAgain ? "unasked" : "denied";
}

/** The data lies elsewhere on each platform: what FCM brought, or Apple's whole payload. */
function dataOf({ request }: Expo.Notification): unknown {
  const { trigger, content } = request as {
    trigger: { payload?: object; remoteMessage?: { data?: object } | null } | null; content: { data?: object };
  };
  return { ...trigger?.payload, ...trigger?.remoteMessage?.data, ...content.data };
}
