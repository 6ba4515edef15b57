// The app: theme and words around the screens, and the ways that lead to them.

import { createBottomTabNavigator } from "@react-navigation/bottom-tabs";
import type { LinkingOptions, Theme as NavigationTheme } from "@react-navigation/native";
import { DefaultTheme, NavigationContainer } from "@react-navigation/native";
import { createNativeStackNavigator } from "@react-navigation/native-stack";
import { StatusBar } from "expo-status-bar";
import { useEffect, useMemo } from "react";
import { Linking, View } from "react-native";
import { SafeAreaProvider } from "react-native-safe-area-context";

import type { Ion } from "./core/ion";
import { readNotification } from "./core/links";
import { ChatScreen } from "./screens/chat";
import { CheckInsScreen } from "./screens/checkins";
import { ConversationsScreen } from "./screens/conversations";
import { HelpScreen } from "./screens/help";
import { MemoryScreen } from "./screens/memory";
import { NotificationsScreen } from "./screens/notifications";
import type { Routes, Tabs } from "./screens/routes";
import { ServerForm, SettingsScreen } from "./screens/settings";
import { IonContext, useHouse, useIon, useSignal } from "./ui/hooks";
import type { IconName } from "./ui/icon";
import { Icon } from "./ui/icon";
import { Soft, Title } from "./ui/text";
import { ThemeContext, themeOf, useScheme, useTheme } from "./ui/theme";
import { useWords, WordsContext, wordsOf } from "./words";

const Stack = createNativeStackNavigator<Routes>();
const Bar = createBottomTabNavigator<Tabs>();

/** The whole app around a root. */
export function App({ ion }: { ion: Ion }) {
  useEffect(() => {
    if (ion.server) ion.start();
    return () => ion.stop();
  }, [ion]);
  return (
    <IonContext.Provider value={ion}>
      <SafeAreaProvider>
        <Dressed />
      </SafeAreaProvider>
    </IonContext.Provider>
  );
}

function Dressed() {
  const ion = useIon();
  const scheme = useScheme(ion.theme);
  const { language } = ion;
  const theme = useMemo(() => themeOf(scheme, language), [scheme, language]);
  const words = useMemo(() => wordsOf(language), [language]);
  const linking = useMemo(() => linkingOf(ion), [ion]);
  const { colours } = theme;
  const navigation: NavigationTheme = {
    ...DefaultTheme, dark: scheme === "dark",
    colors: { primary: colours.ember, background: colours.paper, card: colours.paperDeep, text: colours.ink, border: colours.line, notification: colours.ember },
  };
  return (
    <ThemeContext.Provider value={theme}>
      <WordsContext.Provider value={words}>
        <StatusBar style={scheme === "dark" ? "light" : "dark"} />
        {ion.server === "" ? <FirstServer /> : (
          <NavigationContainer key={ion.server} theme={navigation} linking={linking} documentTitle={{ enabled: false }}>
            <Screens />
          </NavigationContainer>
        )}
      </WordsContext.Provider>
    </ThemeContext.Provider>
  );
}

/** All screens: one that shows what is a person's goes when the person does. */
function Screens() {
  const { colours } = useTheme();
  const { person } = useHouse();
  return (
    <Stack.Navigator screenOptions={{ headerShown: false, contentStyle: { backgroundColor: colours.paper } }}>
      <Stack.Screen name="Tabs" component={TabScreens} />
      <Stack.Screen name="Chat" component={ChatScreen} navigationKey={person} />
      <Stack.Screen name="Notifications" component={NotificationsScreen} navigationKey={person} />
      <Stack.Screen name="Help" component={HelpScreen} />
    </Stack.Navigator>
  );
}

function TabScreens() {
  const { colours, sans } = useTheme();
  const { tabs } = useWords();
  const { conversations, person } = useHouse();
  useSignal(conversations);
  const look = (title: string, icon: IconName) => ({
    title, tabBarIcon: ({ color }: { color: string }) => <Icon name={icon} colour={color} size={24} />,
  });
  const { unread } = conversations;
  return (
    <Bar.Navigator
      screenOptions={{
        headerShown: false,
        tabBarActiveTintColor: colours.ember, tabBarInactiveTintColor: colours.soft,
        tabBarStyle: { backgroundColor: colours.paperDeep, borderTopColor: colours.line, minHeight: 60 },
        tabBarLabelStyle: { fontFamily: sans, fontSize: 12, fontWeight: "600" },
        tabBarBadgeStyle: { backgroundColor: colours.ember, color: colours.onEmber },
        tabBarLabelPosition: "below-icon",
      }}
    >
      <Bar.Screen name="Conversations" component={ConversationsScreen} navigationKey={person} options={{ ...look(tabs.conversations, "talk"), tabBarBadge: unread || undefined }} />
      <Bar.Screen name="Memory" component={MemoryScreen} navigationKey={person} options={look(tabs.memory, "memory")} />
      <Bar.Screen name="CheckIns" component={CheckInsScreen} navigationKey={person} options={look(tabs.checkIns, "clock")} />
      <Bar.Screen name="Settings" component={SettingsScreen} options={look(tabs.settings, "settings")} />
    </Bar.Navigator>
  );
}

/** A build that names no server asks for one before all else. */
function FirstServer() {
  const { colours } = useTheme();
  const words = useWords();
  const ion = useIon();
  return (
    <View style={{ flex: 1, justifyContent: "center", padding: 28, gap: 18, backgroundColor: colours.paper }}>
      <Icon name="brand" colour={colours.ember} size={44} />
      <Title style={{ fontSize: 30, lineHeight: 38 }}>{words.settings.server}</Title>
      <Soft style={{ fontSize: 16 }}>{words.aiNote}</Soft>
      <ServerForm ion={ion} onDone={() => {}} />
    </View>
  );
}

/** Links and opened notifications lead into their session, with the list behind it. */
function linkingOf({ phone }: Ion): LinkingOptions<Routes> {
  const linkOf = (data: unknown) => {
    const { sessionId } = readNotification(data);
    return sessionId && `ion://sessions/${sessionId}`;
  };
  return {
    prefixes: ["ion://"],
    config: {
      initialRouteName: "Tabs",
      screens: {
        Tabs: { path: "", screens: { Conversations: "", Memory: "memory", CheckIns: "check-ins", Settings: "settings" } },
        Chat: "sessions/:id",
        Notifications: "notifications",
        Help: "help",
      },
    },
    getInitialURL: async () => linkOf(phone.notifications.opened()) ?? (await Linking.getInitialURL()),
    subscribe: (listener) => {
      const links = Linking.addEventListener("url", ({ url }) => listener(url));
      const end = phone.notifications.onOpened((data) => {
        const link = linkOf(data);
        if (link) listener(link);
      });
      return () => {
        links.remove();
        end();
      };
    },
  };
}
