// Before the first word.

import { Pressable, View } from "react-native";

import type { PersonaInfo } from "../core/resources";
import { useWords } from "../words";
import { Button } from "./button";
import { Mark } from "./icon";
import { Body, Small, Soft, Title } from "./text";
import { useTheme } from "./theme";

interface Props {
  personas: PersonaInfo[];
  onStart: (text: string) => void;
  onPrivate: (() => void) | null;
}

export function Welcome({ personas, onStart, onPrivate }: Props) {
  const { colours } = useTheme();
  const words = useWords();
  return (
    <View style={{ flexGrow: 1, justifyContent: "center", paddingHorizontal: 4, paddingVertical: 20, gap: 22 }}>
      <View style={{ flexDirection: "row", flexWrap: "wrap", columnGap: 18, rowGap: 10 }}>
        {personas.map((persona) => (
          <View key={persona.id} style={{ flexDirection: "row", alignItems: "center", gap: 8 }}>
            <Mark persona={persona} />
            <Soft>{persona.name}</Soft>
          </View>
        ))}
      </View>
      <View style={{ gap: 10 }}>
        <Title style={{ fontSize: 32, lineHeight: 40, letterSpacing: -0.3 }}>{words.hello}</Title>
        <Soft style={{ fontSize: 17, lineHeight: 25 }}>{words.helloText}</Soft>
      </View>
      <View style={{ gap: 10 }}>
        {words.starters.map((text) => (
          <Pressable
            key={text}
            accessibilityRole="button"
            onPress={() => onStart(text)}
            style={({ pressed }) => ({
              minHeight: 54, paddingHorizontal: 18, paddingVertical: 14, borderRadius: 22, borderBottomLeftRadius: 6,
              borderWidth: 1, borderColor: pressed ? colours.ember : colours.line, backgroundColor: colours.card,
            })}
          >
            <Body>{text}</Body>
          </Pressable>
        ))}
      </View>
      <View style={{ gap: 6, alignItems: "flex-start" }}>
        {onPrivate && <Button label={words.startPrivate} icon="lock" kind="quiet" onPress={onPrivate} />}
        <Small style={{ paddingLeft: 8 }}>{words.aiNote}</Small>
      </View>
    </View>
  );
}
