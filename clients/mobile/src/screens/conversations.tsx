// What was talked about, the newest first.

import { useState } from "react";
import { FlatList, Pressable, RefreshControl, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import type { Row } from "../core/conversations";
import type { House } from "../core/house";
import { excerpt } from "../core/text";
import { Button, IconButton } from "../ui/button";
import { Field } from "../ui/field";
import { useHouse, useSignal } from "../ui/hooks";
import { AnyMark, Icon, Mark } from "../ui/icon";
import { COLUMN, ConnectionLine } from "../ui/screen";
import { Question, Sheet } from "../ui/sheet";
import { Body, Small, Soft, Title } from "../ui/text";
import { useTheme } from "../ui/theme";
import { useWords } from "../words";
import { useGo } from "./routes";

interface Shown {
  key: string;
  title: string;
  last: string;
  at: string;
  waits: boolean;
  row: Row | null;
}

export function ConversationsScreen() {
  const { colours } = useTheme();
  const words = useWords();
  const house = useHouse();
  useSignal(house.conversations);
  const go = useGo();
  const { top } = useSafeAreaInsets();
  const [asked, setAsked] = useState<Row | null>(null);
  const [busy, setBusy] = useState(false);
  const refresh = async () => {
    setBusy(true);
    await house.refresh();
    setBusy(false);
  };
  return (
    <View style={{ flex: 1, backgroundColor: colours.paper, paddingTop: top }}>
      <Brand onHelp={() => go.navigate("Help")} />
      <View style={{ flex: 1 }}>
        <ConnectionLine />
        <FlatList
          data={shownOf(house)}
          keyExtractor={({ key }) => key}
          renderItem={({ item }) => <Line shown={item} house={house} onOpen={() => go.navigate("Chat", { id: item.key })} onOptions={setAsked} />}
          ListHeaderComponent={<Title style={{ fontSize: 30, lineHeight: 38, letterSpacing: -0.3, paddingHorizontal: 6, paddingTop: 10, paddingBottom: 12 }}>{words.conversations}</Title>}
          ListEmptyComponent={<Nobody house={house} />}
          refreshControl={<RefreshControl refreshing={busy} onRefresh={() => void refresh()} tintColor={colours.ember} colors={[colours.ember]} />}
          contentContainerStyle={{ ...COLUMN, paddingHorizontal: 12, paddingBottom: 104, gap: 4 }}
        />
        <View style={{ position: "absolute", bottom: 18, left: 0, right: 0, alignItems: "center", pointerEvents: "box-none" }}>
          <Button label={words.newChat} icon="plus" kind="primary" onPress={() => go.navigate("Chat", { id: "new" })} style={{ minHeight: 54, paddingHorizontal: 24, borderRadius: 27, boxShadow: "0 8px 26px rgba(90, 40, 16, 0.28)" }} />
        </View>
      </View>
      <Options row={asked} house={house} onClose={() => setAsked(null)} />
    </View>
  );
}

/** Before the first conversation: who is there, and what this place is for. */
function Nobody({ house }: { house: House }) {
  const { colours } = useTheme();
  const words = useWords();
  return (
    <View style={{ marginHorizontal: 6, padding: 22, gap: 16, borderRadius: 26, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      <View style={{ flexDirection: "row", gap: 10 }}>
        {[...house.personas.values()].map((persona) => <Mark key={persona.id} persona={persona} size={44} />)}
      </View>
      <Title style={{ fontSize: 22, lineHeight: 30 }}>{words.hello}</Title>
      <Soft style={{ fontSize: 16, lineHeight: 24 }}>{words.helloText}</Soft>
      <Soft style={{ fontSize: 16, lineHeight: 24 }}>{words.noSessions}</Soft>
    </View>
  );
}

function Brand({ onHelp }: { onHelp: () => void }) {
  const { colours, serif } = useTheme();
  const words = useWords();
  return (
    <View style={{ ...COLUMN, minHeight: 52, paddingLeft: 16, paddingRight: 8, flexDirection: "row", alignItems: "center", gap: 8 }}>
      <Icon name="brand" colour={colours.ember} size={24} />
      <Body style={{ flex: 1, fontFamily: serif, fontSize: 20, lineHeight: 26, fontWeight: "600", letterSpacing: 3 }}>ION</Body>
      <IconButton icon="heart" label={words.helpNow} colour={colours.calmInk} onPress={onHelp} />
    </View>
  );
}

function shownOf(house: House): Shown[] {
  const drafts = house.drafts.map((session): Shown => {
    const [first] = session.messages;
    return {
      key: session.key, title: excerpt(first?.text ?? "", 60), last: "", at: first?.created_at ?? "", waits: true, row: null,
    };
  });
  const rows = house.conversations.list.map((row): Shown => ({
    key: row.id, title: row.title, last: excerpt(row.last_text ?? ""), at: row.updated_at,
    waits: house.waits(row.id), row,
  }));
  return [...drafts, ...rows];
}

interface LineProps {
  shown: Shown;
  house: House;
  onOpen: () => void;
  onOptions: (row: Row) => void;
}

function Line({ shown, house, onOpen, onOptions }: LineProps) {
  const { colours } = useTheme();
  const words = useWords();
  const { row, waits } = shown;
  const title = shown.title || words.untitled;
  const unread = row?.unread ?? 0;
  const last = waits ? words.notSent : row?.running ? words.answering : shown.last;
  const when = shown.at ? words.when(shown.at) : "";
  const voice = house.personas.get(row?.persona ?? row?.voice ?? "");
  const spoken = [title, last, when, row?.private ? words.private : "", unread ? words.unread(unread) : ""];
  return (
    <View style={{ flexDirection: "row", alignItems: "center", borderRadius: 20, backgroundColor: unread ? colours.card : "transparent" }}>
      <Pressable
        accessibilityRole="button"
        accessibilityLabel={spoken.filter(Boolean).join(", ")}
        onPress={onOpen}
        onLongPress={() => row && onOptions(row)}
        style={({ pressed }) => ({ flex: 1, minHeight: 72, paddingVertical: 12, paddingLeft: 10, flexDirection: "row", alignItems: "center", gap: 14, borderRadius: 20, backgroundColor: pressed ? colours.wash : "transparent" })}
      >
        {voice ? <Mark persona={voice} size={42} /> : <AnyMark personas={[...house.personas.values()]} size={42} />}
        <View style={{ flex: 1, gap: 2 }}>
          <View style={{ flexDirection: "row", alignItems: "center", gap: 6 }}>
            {row?.private && <Icon name="lock" colour={colours.calmInk} size={15} />}
            <Body numberOfLines={1} style={{ flex: 1, fontWeight: unread ? "700" : "600" }}>{title}</Body>
            <Small style={{ fontVariant: ["tabular-nums"], color: unread ? colours.ember : colours.soft }}>{when}</Small>
          </View>
          <View style={{ flexDirection: "row", alignItems: "center", gap: 8 }}>
            <Soft numberOfLines={1} style={{ flex: 1, fontSize: 14, lineHeight: 20, color: waits || row?.running ? colours.ember : colours.soft }}>{last}</Soft>
            {unread > 0 && <Badge count={unread} />}
          </View>
        </View>
      </Pressable>
      {row ? <IconButton icon="more" label={words.sessionOptions(title)} colour={colours.soft} onPress={() => onOptions(row)} /> : <View style={{ width: 44 }} />}
    </View>
  );
}

function Badge({ count }: { count: number }) {
  const { colours } = useTheme();
  return (
    <View style={{ minWidth: 22, paddingHorizontal: 7, borderRadius: 11, backgroundColor: colours.ember, alignItems: "center" }}>
      <Small style={{ color: colours.onEmber, fontWeight: "700", lineHeight: 22 }}>{count}</Small>
    </View>
  );
}

function Options({ row, house, onClose }: { row: Row | null; house: House; onClose: () => void }) {
  const words = useWords();
  const [step, setStep] = useState<"choose" | "rename" | "delete">("choose");
  const [title, setTitle] = useState("");
  const [error, setError] = useState("");
  const close = () => {
    setStep("choose");
    setError("");
    onClose();
  };
  const rename = async () => {
    try {
      if (row) await house.conversations.rename(row.id, title.trim());
      close();
    } catch {
      setError(words.notReached);
    }
  };
  const shown = row?.title || words.untitled;
  return (
    <>
      <Sheet title={shown} open={row !== null && step === "choose"} onClose={close}>
        <Button label={words.rename} icon="pencil" onPress={() => { setTitle(row?.title ?? ""); setStep("rename"); }} />
        <Button label={words.delete} icon="trash" kind="danger" onPress={() => setStep("delete")} />
      </Sheet>
      <Sheet title={words.renameTitle} open={row !== null && step === "rename"} onClose={close}>
        <Field label={words.titleLabel} value={title} onChangeText={setTitle} maxLength={200} error={error} onSubmitEditing={() => void rename()} autoFocus />
        <Button label={words.save} kind="primary" onPress={() => void rename()} />
      </Sheet>
      <Question
        title={words.deleteTitle}
        text={words.deleteText(shown)}
        yes={words.delete}
        open={row !== null && step === "delete"}
        onYes={() => { if (row) void house.remove(row.id); close(); }}
        onClose={close}
      />
    </>
  );
}
