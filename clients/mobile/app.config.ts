// The app's name, its links and its icons; ION_SERVER names the server that a build begins with.

import { existsSync } from "node:fs";

import type { ExpoConfig } from "expo/config";

const IOS_FIREBASE = "./GoogleService-Info.plist";
const ANDROID_FIREBASE = "./google-services.json";

const config: ExpoConfig = {
  name: "ION",
  slug: "ion",
  scheme: "ion",
  version: "2.1.0",
  orientation: "default",
  userInterfaceStyle: "automatic",
  icon: "./assets/icon.png",
  backgroundColor: "#f6efe3",
  ios: {
    bundleIdentifier: "org.ionmentoring.app",
    supportsTablet: true,
    infoPlist: { UIBackgroundModes: ["remote-notification"] },
    ...(existsSync(IOS_FIREBASE) ? { googleServicesFile: IOS_FIREBASE } : {}),
  },
  android: {
    package: "org.ionmentoring.app",
    adaptiveIcon: { foregroundImage: "./assets/foreground.png", backgroundColor: "#f6efe3" },
    permissions: ["POST_NOTIFICATIONS"],
    ...(existsSync(ANDROID_FIREBASE) ? { googleServicesFile: ANDROID_FIREBASE } : {}),
  },
  web: { bundler: "metro", output: "single" },
  plugins: [
    "expo-localization",
    "expo-secure-store",
    "expo-sqlite",
    ["expo-notifications", { icon: "./assets/notification.png", color: "#a3441a" }],
  ],
  extra: { server: process.env.ION_SERVER ?? "" },
};

export default config;
