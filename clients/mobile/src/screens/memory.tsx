// What is remembered of the person: seen with where it is from, corrected, pinned, forgotten.

import { useState } from "react";
import { View } from "react-native";

import type { House } from "../core/house";
import { unstamped } from "../core/memories";
import type { Memory } from "../core/resources";
import { Button, IconButton } from "../ui/button";
import { Field } from "../ui/field";
import { useHouse, useSignal } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { Section, Toggle } from "../ui/rows";
import { Page, Snack } from "../ui/screen";
import { Sheet } from "../ui/sheet";
import { Body, Prose, Small, Soft, Title } from "../ui/text";
import { useTheme } from "../ui/theme";
import { useWords } from "../words";
import { useGo } from "./routes";

export function MemoryScreen() {
  const words = useWords();
  const house = useHouse();
  const { memories } = house;
  useSignal(memories);
  useSignal(house.conversations);
  const [query, setQuery] = useState("");
  const [editing, setEditing] = useState<Memory | null>(null);
  const [trouble, setTrouble] = useState("");
  const attempt = (act: Promise<void>) => {
    setTrouble("");
    act.catch(() => setTrouble(words.notReached));
  };
  const groups = memories.groups(query);
  const refresh = () => Promise.all([house.refresh(), memories.refresh()]);
  return (
    <View style={{ flex: 1 }}>
      <Page title={words.memory.title} intro={words.memory.intro} refresh={refresh}>
        <Section>
          <Toggle label={words.memory.remember} hint={memories.paused ? words.memory.paused : words.memory.on} on={!memories.paused} disabled={!house.open} onChange={(on) => attempt(memories.pause(!on))} />
        </Section>
        {(groups.length > 0 || query !== "") && (
          <Field label={words.memory.search} hideLabel placeholder={words.memory.search} value={query} onChangeText={setQuery} style={{ borderRadius: 24 }} />
        )}
        {groups.length === 0 && <Soft style={{ fontSize: 16, lineHeight: 24 }}>{query ? words.memory.noneFound : words.memory.none}</Soft>}
        {groups.map(({ name, memories: group }) => (
          <View key={name} style={{ gap: 10 }}>
            <Title style={{ fontSize: 17, paddingLeft: 4 }}>{words.memory.groups[name]}</Title>
            {group.map((memory) => <Card key={memory.id} memory={memory} house={house} attempt={attempt} onEdit={() => setEditing(memory)} />)}
          </View>
        ))}
      </Page>
      <Editor memory={editing} house={house} onClose={() => setEditing(null)} />
      {memories.leaving && <Snack text={words.memory.forgotten(memories.leaving.text)} action={words.undo} onAction={() => memories.undo()} />}
      {trouble !== "" && !memories.leaving && <Snack text={trouble} action={words.close} onAction={() => setTrouble("")} />}
    </View>
  );
}

interface CardProps {
  memory: Memory;
  house: House;
  attempt: (act: Promise<void>) => void;
  onEdit: () => void;
}

function Card({ memory, house, attempt, onEdit }: CardProps) {
  const { colours } = useTheme();
  const words = useWords();
  const [open, setOpen] = useState(false);
  const text = unstamped(memory.text);
  const toggle = () => {
    setOpen(!open);
    if (!open && house.open) house.memories.why(memory.id).catch(() => {});
  };
  const pinned = memory.pinned ?? false;
  return (
    <View style={{ paddingTop: 16, paddingLeft: 16, paddingRight: 8, paddingBottom: 4, borderRadius: 20, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      <Prose style={{ lineHeight: 26, paddingRight: 8 }}>{text}</Prose>
      <Tags memory={memory} house={house} />
      <View style={{ flexDirection: "row", alignItems: "center", marginLeft: -8 }}>
        <Button label={words.memory.whyShort} kind="quiet" hint={words.memory.why(text)} icon={open ? "up" : "chevron"} onPress={toggle} style={{ flexDirection: "row-reverse" }} />
        <View style={{ flex: 1 }} />
        <IconButton icon="pin" size={20} label={pinned ? words.memory.unpin(text) : words.memory.pin(text)} pressed={pinned} colour={pinned ? colours.ember : colours.soft} onPress={() => attempt(house.memories.change(memory.id, { pinned: !pinned }))} />
        <IconButton icon="pencil" size={20} label={words.memory.edit(text)} colour={colours.soft} onPress={onEdit} />
        <IconButton icon="trash" size={20} label={words.memory.forget(text)} colour={colours.soft} onPress={() => house.memories.forget(memory)} />
      </View>
      {open && <Why memory={house.memories.whole(memory)} house={house} />}
    </View>
  );
}

function Tags({ memory, house }: { memory: Memory; house: House }) {
  const { colours } = useTheme();
  const words = useWords();
  const tags = [
    memory.due ? words.memory.due(words.date(memory.due)) : "",
    memory.edited ? words.memory.edited : "",
    memory.sharing === "user" ? words.memory.onlyYou : "",
    memory.sharing === "persona" ? words.memory.onlyOne(house.personas.get(memory.persona ?? "")?.name ?? words.someone) : "",
  ].filter(Boolean);
  if (!tags.length) return null;
  return (
    <View style={{ flexDirection: "row", flexWrap: "wrap", gap: 6, paddingTop: 8 }}>
      {tags.map((tag) => (
        <View key={tag} style={{ paddingHorizontal: 9, paddingVertical: 1, borderRadius: 12, borderWidth: 1, borderColor: colours.edge }}>
          <Small>{tag}</Small>
        </View>
      ))}
    </View>
  );
}

function Why({ memory, house }: { memory: Memory; house: House }) {
  const { colours } = useTheme();
  const words = useWords();
  const go = useGo();
  const said = (role: string, persona: string, at: string) => (role === "user"
    ? words.memory.fromYou(words.date(at))
    : words.memory.fromMentor(house.personas.get(persona)?.name ?? words.someone, words.date(at)));
  return (
    <View style={{ gap: 10, paddingTop: 10, paddingBottom: 14, paddingRight: 8, borderTopWidth: 1, borderColor: colours.line }}>
      <Body style={{ fontSize: 14, fontWeight: "600" }}>{words.memory.sources}</Body>
      {memory.sources.length === 0 && <Soft>{words.memory.fromGone}</Soft>}
      {memory.sources.map((source) => (
        <View key={source.message_id} style={{ gap: 4, paddingLeft: 12, borderLeftWidth: 2, borderColor: colours.line }}>
          <Small>{said(source.role, memory.persona ?? "", source.at)}</Small>
          <Body style={{ fontSize: 15, lineHeight: 22 }}>{`“${source.text}”`}</Body>
          <Body accessibilityRole="link" onPress={() => go.navigate("Chat", { id: source.session_id })} style={{ fontSize: 14, color: colours.ember, paddingVertical: 8 }}>
            {words.memory.open(source.session_title || words.untitled)}
          </Body>
        </View>
      ))}
      {(memory.earlier ?? []).length > 0 && <Body style={{ fontSize: 14, fontWeight: "600" }}>{words.memory.earlier}</Body>}
      {(memory.earlier ?? []).map((each) => (
        <View key={each.id} style={{ flexDirection: "row", gap: 8 }}>
          <Icon name="clock" colour={colours.soft} size={16} />
          <Soft style={{ flex: 1, fontSize: 14 }}>{unstamped(each.text)}</Soft>
        </View>
      ))}
      <Button label={words.memory.refuse} kind="quiet" icon="trash" onPress={() => house.memories.forget(memory, { refuse: true })} style={{ alignSelf: "flex-start", marginLeft: -8 }} />
    </View>
  );
}

function Editor({ memory, house, onClose }: { memory: Memory | null; house: House; onClose: () => void }) {
  const words = useWords();
  const [shown, setShown] = useState<Memory | null>(null);
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  if (memory !== shown) {
    setShown(memory);
    setText(memory ? unstamped(memory.text) : "");
    setError("");
  }
  const save = async () => {
    try {
      if (memory && text.trim()) await house.memories.change(memory.id, { text: text.trim() });
      onClose();
    } catch {
      setError(words.notReached);
    }
  };
  return (
    <Sheet title={words.memory.editTitle} open={memory !== null} onClose={onClose}>
      <Field label={words.memory.editTitle} hideLabel multiline autoFocus value={text} maxLength={300} onChangeText={setText} error={error} style={{ minHeight: 96, textAlignVertical: "top" }} />
      <Button label={words.save} kind="primary" disabled={!text.trim()} onPress={() => void save()} />
    </Sheet>
  );
}
