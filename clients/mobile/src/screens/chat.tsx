// A conversation.

import { useFocusEffect } from "@react-navigation/native";
import type { NativeStackScreenProps } from "@react-navigation/native-stack";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LayoutChangeEvent, NativeScrollEvent, NativeSyntheticEvent } from "react-native";
import { AccessibilityInfo, KeyboardAvoidingView, Platform, Pressable, ScrollView, Share, View } from "react-native";

import type { Chat } from "../core/chat";
import type { Answer, Item } from "../core/items";
import { same } from "../core/items";
import { excerpt } from "../core/text";
import type { AnswerActs } from "../ui/answer";
import { AnswerView } from "../ui/answer";
import { Button, IconButton } from "../ui/button";
import { Composer } from "../ui/composer";
import { useHouse, useSignal } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { SaidView } from "../ui/said";
import { Bar, COLUMN, ConnectionLine } from "../ui/screen";
import { Body, Small } from "../ui/text";
import { useTheme } from "../ui/theme";
import { Welcome } from "../ui/welcome";
import { useWords } from "../words";
import type { Routes } from "./routes";

const NEAR_BOTTOM = 72;
const WINDOW = 60;

type Props = NativeStackScreenProps<Routes, "Chat">;

export function ChatScreen({ route, navigation }: Props) {
  const { colours } = useTheme();
  const words = useWords();
  const house = useHouse();
  useSignal(house.conversations);
  useSignal(house.memories);
  const { id } = route.params;
  const chat = useMemo(() => house.chat(id === "new" ? null : id), [house, id]);
  useSignal(chat);
  useEffect(() => () => chat.end(), [chat]);
  const info = house.conversations.info(chat.session.id);
  const secret = info?.private ?? chat.session.info?.private ?? false;
  const acts = useActs(chat);
  const startPrivate = async () => {
    const { api, conversations } = house;
    try {
      const made = await api.createSession({ private: true });
      conversations.keep(made);
      if (house.conversations === conversations) navigation.replace("Chat", { id: made.id });
    } catch {
      // the button stays; the line at the top says that there is no network
    }
  };
  const items = useStable(chat.items);
  const begun = items.length > 0 && id !== chat.key;
  useEffect(() => {
    if (begun) navigation.setParams({ id: chat.key }); // so that this place is found again
  }, [begun, chat.key, navigation]);
  const title = info?.title || chat.session.info?.title || firstWords(items) || words.untitled;
  return (
    <KeyboardAvoidingView behavior={Platform.OS === "web" ? undefined : "padding"} style={{ flex: 1, backgroundColor: colours.paper }}>
      <Bar title={title} onBack={() => (navigation.canGoBack() ? navigation.goBack() : navigation.replace("Tabs"))}>
        <IconButton icon="plus" label={words.newChat} onPress={() => navigation.replace("Chat", { id: "new" })} />
      </Bar>
      <View style={{ flex: 1 }}>
        <ConnectionLine />
        {secret && <PrivateNote />}
        <Thread items={items} onSeen={() => chat.seen()} empty={items.length === 0 && (
          <Welcome personas={[...house.personas.values()]} onStart={(text) => chat.send(text)} onPrivate={secret ? null : () => void startPrivate()} />
        )}>
          {(item) => <One key={item.key} item={item} chat={chat} acts={acts} />}
        </Thread>
      </View>
      <Composer
        personas={house.personas}
        persona={chat.persona}
        running={chat.running}
        onSend={(text) => chat.send(text)}
        onStop={() => chat.stop()}
        onTyping={(text) => chat.typing(text)}
        onChoose={(persona) => void chat.choose(persona)}
      />
      <Announcer items={items} />
    </KeyboardAvoidingView>
  );
}

function One({ item, chat, acts }: { item: Item; chat: Chat; acts: AnswerActs }) {
  const words = useWords();
  const house = useHouse();
  const recalled = useMemo(
    () => (item.kind === "answer" ? house.memories.texts(item.memories) : []),
    // what is remembered changes seldom, and an answer is drawn often
    [house.memories, house.memories.version, item],
  );
  const discard = useCallback(() => chat.discard(item.key), [chat, item.key]);
  const retry = useCallback((key: string) => chat.retry(key), [chat]);
  if (item.kind === "day") {
    return <Small style={{ textAlign: "center", marginTop: 6, marginBottom: 18 }}>{words.day(item.at)}</Small>;
  }
  if (item.kind === "said") return <SaidView said={item} onRetry={retry} onDiscard={discard} />;
  return (
    <AnswerView
      answer={item}
      personas={house.personas}
      rating={chat.ratingOf(item.turnId, item.rating)}
      recalled={recalled}
      idle={!chat.running}
      acts={acts}
    />
  );
}

function useActs(chat: Chat): AnswerActs {
  return useMemo(() => ({
    again: (turnId) => chat.again(turnId),
    rate: (turnId, rating) => void chat.rate(turnId, rating),
    share: (text) => void Share.share({ message: text }).catch(() => {}),
  }), [chat]);
}

/** Items that look the same stay the same objects, so that only what changed is drawn again. */
function useStable(items: Item[]): Item[] {
  const before = useRef(new Map<string, Item>());
  return useMemo(() => {
    const stable = items.map((item) => {
      const known = before.current.get(item.key);
      return known && same(known, item) ? known : item;
    });
    before.current = new Map(stable.map((item) => [item.key, item]));
    return stable;
  }, [items]);
}

interface ThreadProps {
  items: Item[];
  empty: React.ReactNode;
  onSeen: () => void;
  children: (item: Item) => React.ReactNode;
}

/** The messages, kept at the newest one unless somebody looks further up. */
function Thread({ items, empty, onSeen, children }: ThreadProps) {
  const { colours } = useTheme();
  const words = useWords();
  const scroll = useRef<ScrollView>(null);
  const stuck = useRef(true);
  const [away, setAway] = useState(false);
  const [most, setMost] = useState(WINDOW);
  const height = useRef(0);
  const toBottom = useCallback((animated: boolean) => {
    stuck.current = true;
    setAway(false);
    scroll.current?.scrollToEnd({ animated });
  }, []);
  const scrolled = ({ nativeEvent }: NativeSyntheticEvent<NativeScrollEvent>) => {
    const { contentOffset, contentSize, layoutMeasurement } = nativeEvent;
    const below = contentSize.height - contentOffset.y - layoutMeasurement.height;
    stuck.current = below < NEAR_BOTTOM;
    setAway(below > layoutMeasurement.height / 2);
  };
  const laidOut = ({ nativeEvent }: LayoutChangeEvent) => {
    if (height.current !== nativeEvent.layout.height && stuck.current) scroll.current?.scrollToEnd({ animated: false });
    height.current = nativeEvent.layout.height;
  };
  const last = items.at(-1);
  useEffect(() => {
    if (last?.kind === "said") toBottom(true); // whoever says something wants to see it
  }, [last?.kind, last?.key, toBottom]);
  useFocusEffect(useCallback(() => {
    if (stuck.current) onSeen();
  }, [items]));
  return (
    <>
      <ScrollView
        ref={scroll}
        onLayout={laidOut}
        onScroll={scrolled}
        scrollEventThrottle={64}
        onContentSizeChange={() => stuck.current && scroll.current?.scrollToEnd({ animated: false })}
        maintainVisibleContentPosition={{ minIndexForVisible: 1 }}
        keyboardDismissMode="interactive"
        keyboardShouldPersistTaps="handled"
        role="log"
        accessibilityLabel={words.conversations}
        contentContainerStyle={{ ...COLUMN, paddingHorizontal: 16, paddingTop: 18, paddingBottom: 12, flexGrow: 1 }}
      >
        {empty}
        {items.length > most && <Button label={words.more} kind="quiet" onPress={() => setMost(most + WINDOW)} />}
        {items.length > 0 && items.length <= most && <AiNote />}
        {items.slice(-most).map(children)}
      </ScrollView>
      {away && (
        <View style={{ position: "absolute", bottom: 10, left: 0, right: 0, alignItems: "center", pointerEvents: "box-none" }}>
          <Pressable accessibilityRole="button" accessibilityLabel={words.toBottom} onPress={() => toBottom(true)} style={{ minHeight: 44, paddingHorizontal: 18, borderRadius: 22, flexDirection: "row", alignItems: "center", gap: 6, backgroundColor: colours.ember, boxShadow: "0 6px 20px rgba(60, 40, 30, 0.2)" }}>
            <Icon name="down" colour={colours.onEmber} size={18} />
            <Body style={{ color: colours.onEmber, fontWeight: "600", fontSize: 15 }}>{words.newMessages}</Body>
          </Pressable>
        </View>
      )}
    </>
  );
}

function AiNote() {
  const { colours } = useTheme();
  const words = useWords();
  return (
    <View style={{ flexDirection: "row", alignItems: "center", alignSelf: "center", gap: 9, marginBottom: 18 }}>
      <View aria-hidden style={{ paddingHorizontal: 6, borderRadius: 6, borderWidth: 1, borderColor: colours.soft }}>
        <Small style={{ fontSize: 11, lineHeight: 16, fontWeight: "700" }}>{words.aiBadge}</Small>
      </View>
      <Small style={{ flexShrink: 1 }}>{words.aiNote}</Small>
    </View>
  );
}

function PrivateNote() {
  const { colours } = useTheme();
  const words = useWords();
  return (
    <View style={{ ...COLUMN, paddingHorizontal: 16, paddingTop: 10 }}>
      <View style={{ flexDirection: "row", gap: 10, padding: 12, borderRadius: 16, backgroundColor: colours.calm }}>
        <Icon name="lock" colour={colours.calmInk} size={18} />
        <Small style={{ flex: 1, color: colours.calmInk }}>{words.privateText}</Small>
      </View>
    </View>
  );
}

/** Reads an answer aloud once it is whole, for those who hear the screen. */
function Announcer({ items }: { items: Item[] }) {
  const writing = useRef<string | null>(null);
  const [said, setSaid] = useState("");
  const answer = items.findLast((item): item is Answer => item.kind === "answer");
  useEffect(() => {
    if (!answer) return;
    const busy = answer.status === "streaming";
    const whole = writing.current === answer.key && !busy;
    writing.current = busy ? answer.key : null;
    if (!whole) return;
    if (Platform.OS === "ios") AccessibilityInfo.announceForAccessibility(answer.text);
    else setSaid(answer.text);
  }, [answer]);
  return <Small accessibilityLiveRegion="polite" style={{ position: "absolute", width: 1, height: 1, opacity: 0, overflow: "hidden" }}>{said}</Small>;
}

function firstWords(items: Item[]): string {
  const first = items.find((item) => item.kind === "said");
  return first?.kind === "said" ? excerpt(first.text, 40) : "";
}
