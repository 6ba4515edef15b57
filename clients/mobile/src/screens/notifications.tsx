// What the person is told, when not, and whether this phone is told at all.

import { useState } from "react";
import { Linking, ScrollView, View } from "react-native";

import type { House } from "../core/house";
import type { NotificationKind, NotificationSettings } from "../core/resources";
import { isTime } from "../core/times";
import { useHouse, useSignal } from "../ui/hooks";
import { Row, Section, Toggle } from "../ui/rows";
import { Bar, COLUMN, Snack } from "../ui/screen";
import { Small, Soft } from "../ui/text";
import { useTheme } from "../ui/theme";
import { useWords } from "../words";
import { TimeField } from "./checkins";
import { useGo } from "./routes";

const KINDS = ["reply_ready", "check_in", "reminder", "nudge"] as const satisfies NotificationKind[];

export function NotificationsScreen() {
  const { colours } = useTheme();
  const words = useWords();
  const house = useHouse();
  const { agreements, push } = house;
  useSignal(agreements);
  useSignal(push);
  const go = useGo();
  const [told, setTold] = useState("");
  const { settings } = agreements;
  const change = (changes: Partial<NotificationSettings>) => {
    agreements.change(changes).catch(() => setTold(words.notReached));
  };
  const texts = words.notifications;
  return (
    <View style={{ flex: 1, backgroundColor: colours.paper }}>
      <Bar title={texts.title} onBack={() => go.goBack()} />
      <ScrollView contentContainerStyle={{ ...COLUMN, padding: 18, gap: 22, paddingBottom: 48 }}>
        <Soft style={{ fontSize: 16, lineHeight: 23 }}>{texts.intro}</Soft>
        <ThisPhone house={house} onTold={setTold} />
        {settings && (
          <>
            <Section title={texts.about}>
              {KINDS.map((kind) => {
                const muted = settings.muted.includes(kind);
                const others = settings.muted.filter((each) => each !== kind);
                return <Toggle key={kind} label={texts.kinds[kind]} on={!muted} disabled={!house.open} onChange={(on) => change({ muted: on ? others : [...others, kind] })} />;
              })}
            </Section>
            <Section>
              <Toggle label={texts.preview} on={settings.preview} disabled={!house.open} onChange={(preview) => change({ preview })} />
              <Toggle label={texts.atOnce} on={settings.replies_at_once} disabled={!house.open} onChange={(on) => change({ replies_at_once: on })} />
            </Section>
            <QuietHours settings={settings} onChange={change} />
          </>
        )}
      </ScrollView>
      {told !== "" && <Snack text={told} action={words.close} onAction={() => setTold("")} />}
    </View>
  );
}

function ThisPhone({ house, onTold }: { house: House; onTold: (text: string) => void }) {
  const texts = useWords().notifications;
  const { push } = house;
  const test = async () => {
    const sent = await push.test().catch(() => false);
    onTold(sent ? texts.testSent : texts.testFailed);
  };
  return (
    <Section title={texts.onThisPhone}>
      {push.permission === "unasked" && <Row label={texts.enable} icon="bell" onPress={() => void push.enable()} />}
      {push.permission === "denied" && <Row label={texts.refused} hint={texts.openSettings} icon="bell" onPress={() => void Linking.openSettings()} />}
      {push.permission === "impossible" && <Row label={texts.notHere} icon="bell" />}
      {push.permission === "granted" && <Row label={texts.enabled} icon="tick" />}
      {push.registered && <Row label={texts.test} onPress={() => void test()} />}
    </Section>
  );
}

function QuietHours({ settings, onChange }: { settings: NotificationSettings; onChange: (changes: Partial<NotificationSettings>) => void }) {
  const texts = useWords().notifications;
  const [from, setFrom] = useState(settings.quiet_from);
  const [to, setTo] = useState(settings.quiet_to);
  const changed = (set: (time: string) => void, name: "quiet_from" | "quiet_to") => (time: string) => {
    set(time);
    if (isTime(time)) onChange({ [name]: time });
  };
  return (
    <Section title={texts.quiet} foot={texts.quietHint}>
      <View style={{ flexDirection: "row", flexWrap: "wrap", gap: 12, padding: 14 }}>
        <TimeField label={texts.from} time={from} onChange={changed(setFrom, "quiet_from")} />
        <TimeField label={texts.to} time={to} onChange={changed(setTo, "quiet_to")} />
      </View>
      {settings.timezone !== "" && <Small style={{ padding: 14 }}>{settings.timezone}</Small>}
    </Section>
  );
}
