// People to reach, for whoever opens this: what the phone knows without a network.

import { Linking, ScrollView, View } from "react-native";

import { helpFor } from "../core/help";
import { Button } from "../ui/button";
import { useIon } from "../ui/hooks";
import { HelpRow } from "../ui/safety";
import { Bar, COLUMN } from "../ui/screen";
import { Soft, Title } from "../ui/text";
import { useTheme } from "../ui/theme";
import { useWords } from "../words";
import { useGo } from "./routes";

export function HelpScreen() {
  const { colours } = useTheme();
  const words = useWords();
  const { phone } = useIon();
  const go = useGo();
  const { emergency, lines, anywhere } = helpFor(phone);
  return (
    <View style={{ flex: 1, backgroundColor: colours.paper }}>
      <Bar title={words.helpNow} onBack={() => go.goBack()} />
      <ScrollView contentContainerStyle={{ ...COLUMN, padding: 18, gap: 14, paddingBottom: 48 }}>
        <View style={{ padding: 18, borderRadius: 24, backgroundColor: colours.calm, gap: 12 }}>
          <Title style={{ fontSize: 22, lineHeight: 30, color: colours.calmInk }}>{words.safetyTitle}</Title>
          <Soft style={{ color: colours.ink }}>{words.safetyText}</Soft>
          {emergency !== "" && <Button label={words.emergency(emergency)} kind="danger" onPress={() => void Linking.openURL(`tel:${emergency}`)} />}
          {lines.map((line) => <HelpRow key={line.name} line={line} />)}
          {lines.length > 0 && <Soft style={{ paddingTop: 4 }}>{words.helpElsewhere}</Soft>}
          {anywhere.map((line) => <HelpRow key={line.name} line={line} />)}
        </View>
      </ScrollView>
    </View>
  );
}
