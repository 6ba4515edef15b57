// The screens by name, and what each is opened with.

import type { NavigatorScreenParams } from "@react-navigation/native";
import { useNavigation } from "@react-navigation/native";
import type { NativeStackNavigationProp } from "@react-navigation/native-stack";

export type Tabs = {
  Conversations: undefined;
  Memory: undefined;
  CheckIns: undefined;
  Settings: undefined;
};

export type Routes = {
  Tabs: NavigatorScreenParams<Tabs> | undefined;
  /** `id` is a session's id or key, or "new". */
  Chat: { id: string };
  Notifications: undefined;
  Help: undefined;
};

/** Return what leads to other screens. */
export function useGo(): NativeStackNavigationProp<Routes> {
  return useNavigation<NativeStackNavigationProp<Routes>>();
}
