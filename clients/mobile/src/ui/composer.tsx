// Where the person writes, and chooses who answers.

import { useState } from "react";
import type { NativeSyntheticEvent, TextInputKeyPressEventData } from "react-native";
import { Platform, Pressable, TextInput, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import type { PersonaInfo } from "../core/resources";
import { hasContent, length, MOST_CHARS } from "../core/text";
import { useWords } from "../words";
import { AnyMark, Icon, Mark } from "./icon";
import { COLUMN } from "./screen";
import { Sheet } from "./sheet";
import { Body, Small, Soft } from "./text";
import { useTheme } from "./theme";

interface Props {
  personas: ReadonlyMap<string, PersonaInfo>;
  persona: string | null;
  running: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
  onTyping: (text: string) => void;
  onChoose: (persona: string | null) => void;
}

// the browser makes the field as tall as its text; phones do so by themselves
const GROWING = Platform.OS === "web" ? { fieldSizing: "content", outlineStyle: "none" } : {};

export function Composer({ personas, persona, running, onSend, onStop, onTyping, onChoose }: Props) {
  const { colours, sans } = useTheme();
  const words = useWords();
  const { bottom } = useSafeAreaInsets();
  const [text, setText] = useState("");
  const [choosing, setChoosing] = useState(false);
  const [focused, setFocused] = useState(false);
  const over = length(text) - MOST_CHARS;
  const ready = hasContent(text) && over <= 0;
  const send = () => {
    if (!ready) return;
    onSend(text);
    setText("");
  };
  const write = (next: string) => {
    setText(next);
    onTyping(next);
  };
  const keyed = (event: NativeSyntheticEvent<TextInputKeyPressEventData>) => {
    const { key, shiftKey, isComposing } = event.nativeEvent as TextInputKeyPressEventData & { shiftKey?: boolean; isComposing?: boolean };
    if (Platform.OS !== "web" || key !== "Enter" || shiftKey || isComposing) return;
    event.preventDefault();
    send();
  };
  const chosen = personas.get(persona ?? "");
  return (
    <View style={{ ...COLUMN, paddingHorizontal: 12, paddingTop: 6, paddingBottom: Math.max(12, bottom) }}>
      <View style={{ padding: 4, borderRadius: 26, borderWidth: focused ? 1.5 : 1, margin: focused ? -0.5 : 0, borderColor: focused ? colours.ember : colours.edge, backgroundColor: colours.card, boxShadow: "0 6px 24px rgba(60, 40, 30, 0.1)" }}>
        <TextInput
          accessibilityLabel={words.message}
          multiline
          value={text}
          onChangeText={write}
          onKeyPress={keyed}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          placeholder={words.placeholder}
          placeholderTextColor={colours.soft}
          selectionColor={colours.ember}
          style={{ minHeight: 44, maxHeight: 168, paddingHorizontal: 14, paddingTop: 11, paddingBottom: 4, fontFamily: sans, fontSize: 16, lineHeight: 23, color: colours.ink, textAlignVertical: "top", ...(GROWING as object) }}
        />
        <View style={{ flexDirection: "row", alignItems: "center", gap: 8 }}>
          <Pressable
            accessibilityRole="button"
            accessibilityLabel={words.chosen(chosen?.name ?? words.auto)}
            onPress={() => setChoosing(true)}
            style={({ pressed }) => ({ minHeight: 44, flexShrink: 1, flexDirection: "row", alignItems: "center", gap: 8, paddingLeft: 8, paddingRight: 10, borderRadius: 22, backgroundColor: pressed ? colours.wash : "transparent" })}
          >
            {chosen ? <Mark persona={chosen} size={26} /> : <AnyMark personas={[...personas.values()]} size={26} />}
            <Body numberOfLines={1} style={{ fontSize: 15, fontWeight: "600", flexShrink: 1 }}>{chosen?.name ?? words.auto}</Body>
            <Icon name="chevron" colour={colours.ink} size={16} />
          </Pressable>
          <View style={{ flex: 1, alignItems: "flex-end" }}>
            {over > 0 && <Small accessibilityLiveRegion="polite" style={{ color: colours.alert }}>{words.tooLong(over)}</Small>}
          </View>
          {running && !hasContent(text)
            ? <Round icon="stop" label={words.stop} ground={colours.ink} ink={colours.paper} onPress={onStop} />
            : <Round icon="send" label={words.send} ground={ready ? colours.ember : colours.wash} ink={ready ? colours.onEmber : colours.soft} disabled={!ready} onPress={send} />}
        </View>
      </View>
      <Choices open={choosing} personas={personas} persona={persona} onClose={() => setChoosing(false)} onChoose={onChoose} />
    </View>
  );
}

interface RoundProps {
  icon: "send" | "stop";
  label: string;
  ground: string;
  ink: string;
  disabled?: boolean;
  onPress: () => void;
}

function Round({ icon, label, ground, ink, disabled = false, onPress }: RoundProps) {
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={label}
      accessibilityState={{ disabled }}
      disabled={disabled}
      onPress={onPress}
      style={({ pressed }) => ({ width: 44, height: 44, borderRadius: 22, alignItems: "center", justifyContent: "center", backgroundColor: ground, opacity: pressed ? 0.8 : 1 })}
    >
      <Icon name={icon} colour={ink} />
    </Pressable>
  );
}

interface ChoicesProps extends Pick<Props, "personas" | "persona" | "onChoose"> {
  open: boolean;
  onClose: () => void;
}

function Choices({ open, personas, persona, onClose, onChoose }: ChoicesProps) {
  const words = useWords();
  const choose = (id: string | null) => {
    onChoose(id);
    onClose();
  };
  return (
    <Sheet title={words.whoAnswers} open={open} onClose={onClose}>
      <View style={{ gap: 2, marginHorizontal: -8 }}>
        <Choice name={words.auto} role={words.autoLong} selected={persona === null} mark={<AnyMark personas={[...personas.values()]} size={40} />} onPress={() => choose(null)} />
        {[...personas.values()].map((each) => (
          <Choice key={each.id} name={each.name} role={each.role} selected={persona === each.id} mark={<Mark persona={each} size={40} />} onPress={() => choose(each.id)} />
        ))}
      </View>
    </Sheet>
  );
}

interface ChoiceProps {
  name: string;
  role: string;
  selected: boolean;
  mark: React.ReactNode;
  onPress: () => void;
}

function Choice({ name, role, selected, mark, onPress }: ChoiceProps) {
  const { colours, serif } = useTheme();
  return (
    <Pressable
      accessibilityRole="radio"
      accessibilityLabel={`${name}. ${role}`}
      accessibilityState={{ checked: selected }}
      aria-checked={selected}
      onPress={onPress}
      style={({ pressed }) => ({ minHeight: 64, padding: 10, borderRadius: 18, flexDirection: "row", alignItems: "center", gap: 14, backgroundColor: selected || pressed ? colours.paper : "transparent" })}
    >
      {mark}
      <View style={{ flex: 1 }}>
        <Body style={{ fontFamily: serif, fontSize: 17, fontWeight: "600" }}>{name}</Body>
        <Soft style={{ fontSize: 14, lineHeight: 20 }}>{role}</Soft>
      </View>
      {selected && <Icon name="tick" colour={colours.ember} />}
    </Pressable>
  );
}
