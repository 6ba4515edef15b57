// FCM on an iPhone needs Firebase's own library, which an app adds with its GoogleService-Info.plist.

interface Messaging {
  getToken(): Promise<string>;
  onTokenRefresh(listener: (token: string) => void): () => void;
}

/** Return FCM's address of this iPhone, null in an app that was built without Firebase. */
export async function firebaseToken(): Promise<string | null> {
  return (await messaging()?.getToken()) ?? null;
}

/** Hear of a new address; nothing is heard without Firebase. */
export function onFirebaseToken(listener: (token: string) => void): () => void {
  return messaging()?.onTokenRefresh(listener) ?? (() => {});
}

function messaging(): Messaging | null {
  try {
    const { default: make } = require("@react-native-firebase/messaging") as { default: () => Messaging };
    return make();
  } catch {
    return null;
  }
}
