// People to reach, shown calmly and one touch away.

import { Linking, Pressable, View } from "react-native";

import type { HelpLine } from "../core/resources";
import { contactHref } from "../core/text";
import { useWords } from "../words";
import { Icon } from "./icon";
import { Body, Small, Soft, Title } from "./text";
import { useTheme } from "./theme";

/** The card under an answer that calls for human help. */
export function SafetyCard({ lines }: { lines: readonly HelpLine[] }) {
  const { colours } = useTheme();
  const words = useWords();
  if (!lines.length) return null;
  return (
    <View role="region" aria-label={words.safetyTitle} style={{ padding: 16, borderRadius: 22, backgroundColor: colours.calm, gap: 10, marginBottom: 8 }}>
      <View style={{ flexDirection: "row", gap: 8, alignItems: "center" }}>
        <Icon name="heart" colour={colours.calmInk} />
        <Title style={{ flex: 1, fontSize: 18, color: colours.calmInk }}>{words.safetyTitle}</Title>
      </View>
      <Soft style={{ color: colours.ink }}>{words.safetyText}</Soft>
      {lines.map((line) => <HelpRow key={line.contact} line={line} />)}
    </View>
  );
}

/** One way to reach somebody. */
export function HelpRow({ line }: { line: HelpLine }) {
  const { colours } = useTheme();
  const words = useWords();
  const { name, contact, url, hours, checked } = line;
  const href = contactHref(contact) ?? (/^https:\/\//.test(url) ? url : null);
  const site = /^https:\/\//.test(url) && href !== url ? url : null;
  return (
    <View style={{ padding: 14, borderRadius: 18, backgroundColor: colours.card, gap: 8 }}>
      <View style={{ flexDirection: "row", flexWrap: "wrap", alignItems: "center", justifyContent: "space-between", gap: 10 }}>
        <Body style={{ fontWeight: "600", flexShrink: 1 }}>{name}</Body>
        <Pressable
          accessibilityRole={href ? "link" : undefined}
          accessibilityLabel={words.call(name, contact)}
          disabled={!href}
          onPress={() => href && void Linking.openURL(href)}
          style={({ pressed }) => ({
            minHeight: 44, paddingHorizontal: 18, borderRadius: 22, justifyContent: "center", flexShrink: 1,
            backgroundColor: href ? colours.calmInk : colours.calm, opacity: pressed ? 0.8 : 1,
          })}
        >
          <Body style={{ fontWeight: "700", color: href ? colours.card : colours.calmInk }}>{contact}</Body>
        </Pressable>
      </View>
      <View style={{ flexDirection: "row", flexWrap: "wrap", alignItems: "center", columnGap: 14 }}>
        {hours !== "" && <Small>{hours}</Small>}
        {site && (
          <Pressable accessibilityRole="link" accessibilityLabel={`${words.website}: ${name}`} onPress={() => void Linking.openURL(site)} style={{ minHeight: 44, justifyContent: "center" }}>
            <Small style={{ color: colours.calmInk, textDecorationLine: "underline" }}>{words.website}</Small>
          </Pressable>
        )}
        {checked !== "" && <Small>{words.checked(checked)}</Small>}
      </View>
    </View>
  );
}
