// A line to write in, with its name above.

import type { TextInputProps } from "react-native";
import { TextInput, View } from "react-native";

import { Small } from "./text";
import { useTheme } from "./theme";

interface Props extends TextInputProps {
  label: string;
  error?: string;
  hideLabel?: boolean;
}

export function Field({ label, error = "", hideLabel = false, style, ...rest }: Props) {
  const { colours, sans } = useTheme();
  return (
    <View style={{ gap: 4 }}>
      {!hideLabel && <Small style={{ fontSize: 14 }}>{label}</Small>}
      <TextInput
        accessibilityLabel={label}
        placeholderTextColor={colours.soft}
        selectionColor={colours.ember}
        {...rest}
        style={[
          {
            minHeight: 48, paddingHorizontal: 16, paddingVertical: 11, borderRadius: 16, borderWidth: 1,
            borderColor: error ? colours.alert : colours.edge, backgroundColor: colours.paper, color: colours.ink,
            fontFamily: sans, fontSize: 16,
          },
          style,
        ]}
      />
      {error !== "" && <Small accessibilityLiveRegion="polite" style={{ color: colours.alert }}>{error}</Small>}
    </View>
  );
}
