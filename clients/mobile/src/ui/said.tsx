// The person's own words.

import { memo } from "react";
import { View } from "react-native";

import type { Said } from "../core/items";
import { useWords } from "../words";
import { Button } from "./button";
import { Icon } from "./icon";
import { Body, Small } from "./text";
import { useTheme } from "./theme";

interface Props {
  said: Said;
  onRetry: (key: string) => void;
  onDiscard: (said: Said) => void;
}

export const SaidView = memo(function SaidView({ said, onRetry, onDiscard }: Props) {
  const { colours } = useTheme();
  const words = useWords();
  const failed = said.status === "failed";
  const reason = said.error ? (words.errors[said.error] ?? words.errors.default) : "";
  return (
    <View style={{ alignItems: "flex-end", marginLeft: 44, marginBottom: 20 }}>
      <View
        style={{
          maxWidth: "100%", paddingHorizontal: 16, paddingVertical: 10,
          borderRadius: 22, borderBottomRightRadius: 6,
          backgroundColor: failed ? "transparent" : colours.mine,
          borderWidth: failed ? 1.5 : 0, borderColor: colours.alert,
          opacity: said.status === "queued" ? 0.82 : 1,
        }}
      >
        <Body selectable accessibilityLabel={`${words.said}: ${said.text}`} style={{ color: failed ? colours.ink : colours.onMine }}>{said.text}</Body>
      </View>
      <Status said={said} />
      {failed && (
        <View style={{ flexDirection: "row", flexWrap: "wrap", justifyContent: "flex-end", alignItems: "center", gap: 8, paddingTop: 8 }}>
          {reason !== "" && <Small style={{ color: colours.alert, fontSize: 14 }}>{reason}</Small>}
          <Button label={words.delete} kind="quiet" onPress={() => onDiscard(said)} />
          <Button label={words.tryAgain} icon="again" onPress={() => onRetry(said.key)} />
        </View>
      )}
    </View>
  );
});

function Status({ said: { status, at } }: { said: Said }) {
  const { colours } = useTheme();
  const words = useWords();
  const failed = status === "failed";
  const name = { queued: words.queued, sent: words.sent, failed: words.failed }[status];
  const icon = { queued: "clock", sent: "tick", failed: "alert" } as const;
  return (
    <View accessible accessibilityLabel={at ? `${name}, ${words.time(at)}` : name} style={{ flexDirection: "row", alignItems: "center", gap: 4, paddingTop: 4, paddingHorizontal: 4 }}>
      <Small style={{ fontSize: 12, color: failed ? colours.alert : colours.soft, fontVariant: ["tabular-nums"] }}>
        {status === "sent" && at ? words.time(at) : name}
      </Small>
      <Icon name={icon[status]} colour={failed ? colours.alert : colours.soft} size={14} />
    </View>
  );
}
