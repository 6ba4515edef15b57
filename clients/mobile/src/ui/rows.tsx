// Cards of rows, as settings have them.

import type { ReactNode } from "react";
import { Children, Fragment } from "react";
import { Pressable, Switch, View } from "react-native";

import type { IconName } from "./icon";
import { Icon } from "./icon";
import { Body, Small, Title } from "./text";
import { faint, useTheme } from "./theme";

/** A heading with a card of rows below it. */
export function Section({ title, children, foot }: { title?: string; children: ReactNode; foot?: string }) {
  const { colours } = useTheme();
  const rows = Children.toArray(children);
  return (
    <View style={{ gap: 8 }}>
      {title && <Title style={{ fontSize: 17, paddingLeft: 4 }}>{title}</Title>}
      <View style={{ borderRadius: 20, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card, overflow: "hidden" }}>
        {rows.map((row, at) => (
          <Fragment key={at}>
            {at > 0 && <View style={{ height: 1, marginLeft: 16, backgroundColor: colours.line, opacity: 0.7 }} />}
            {row}
          </Fragment>
        ))}
      </View>
      {foot && <Small style={{ paddingHorizontal: 6 }}>{foot}</Small>}
    </View>
  );
}

interface RowProps {
  label: string;
  hint?: string;
  icon?: IconName;
  value?: string;
  danger?: boolean;
  disabled?: boolean;
  onPress?: () => void;
}

/** A row that leads somewhere, or only tells. */
export function Row({ label, hint, icon, value, danger = false, disabled = false, onPress }: RowProps) {
  const { colours } = useTheme();
  const ink = danger ? colours.alert : colours.ink;
  return (
    <Pressable
      accessibilityRole={onPress ? "button" : undefined}
      accessibilityLabel={value ? `${label}: ${value}` : label}
      accessibilityHint={hint}
      accessibilityState={{ disabled }}
      disabled={!onPress || disabled}
      onPress={onPress}
      style={({ pressed }) => ({
        minHeight: 54, paddingHorizontal: 16, paddingVertical: 12, flexDirection: "row", alignItems: "center", gap: 12,
        backgroundColor: pressed ? colours.wash : "transparent", opacity: disabled ? 0.5 : 1,
      })}
    >
      {icon && <Icon name={icon} colour={danger ? colours.alert : colours.ember} size={21} />}
      <View style={{ flex: 1 }}>
        <Body style={{ color: ink }}>{label}</Body>
        {hint && <Small>{hint}</Small>}
      </View>
      {value && <Body style={{ color: colours.soft, maxWidth: "52%", flexShrink: 1, textAlign: "right" }} numberOfLines={1}>{value}</Body>}
      {onPress && <Icon name="on" colour={colours.soft} size={17} />}
    </Pressable>
  );
}

interface ToggleProps {
  label: string;
  hint?: string;
  on: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** A row that is on or off. */
export function Toggle({ label, hint, on, disabled = false, onChange }: ToggleProps) {
  const { colours } = useTheme();
  return (
    <View style={{ minHeight: 54, paddingHorizontal: 16, paddingVertical: 12, flexDirection: "row", alignItems: "center", gap: 14 }}>
      <View style={{ flex: 1 }}>
        <Body>{label}</Body>
        {hint && <Small>{hint}</Small>}
      </View>
      <Switch
        accessibilityLabel={label}
        accessibilityHint={hint}
        value={on}
        disabled={disabled}
        onValueChange={onChange}
        trackColor={{ false: faint(colours.edge, 0.45), true: colours.ember }}
        thumbColor={on ? colours.onEmber : colours.knob}
        ios_backgroundColor={faint(colours.edge, 0.45)}
        {...{ activeThumbColor: colours.onEmber }}
      />
    </View>
  );
}
