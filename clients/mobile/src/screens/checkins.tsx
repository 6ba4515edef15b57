// When mentors write first: allowed or not, agreed on, ended.

import { useState } from "react";
import { View } from "react-native";

import { ApiError } from "../core/api";
import type { House } from "../core/house";
import type { CheckIn } from "../core/resources";
import { isTime, laterTime } from "../core/times";
import { Button, Chip, Chips, IconButton } from "../ui/button";
import { Field } from "../ui/field";
import { useHouse, useSignal } from "../ui/hooks";
import { AnyMark, Mark } from "../ui/icon";
import { Row, Section, Toggle } from "../ui/rows";
import { Page, Snack } from "../ui/screen";
import { Sheet } from "../ui/sheet";
import { Body, Prose, Small, Soft } from "../ui/text";
import { useTheme } from "../ui/theme";
import type { Words } from "../words";
import { useWords } from "../words";
import { useGo } from "./routes";

export function CheckInsScreen() {
  const words = useWords();
  const house = useHouse();
  const { agreements } = house;
  useSignal(agreements);
  const go = useGo();
  const [adding, setAdding] = useState(false);
  const [told, setTold] = useState("");
  const attempt = async (act: Promise<void>, done = "") => {
    try {
      await act;
      setTold(done);
    } catch {
      setTold(words.notReached);
    }
  };
  const allowed = agreements.settings?.check_ins ?? false;
  return (
    <View style={{ flex: 1 }}>
      <Page title={words.checkIns.title} intro={words.checkIns.intro} refresh={() => agreements.refresh()}>
        <Section>
          <Toggle label={words.checkIns.allow} hint={words.checkIns.allowHint} on={allowed} disabled={!house.open || !agreements.settings} onChange={(on) => void attempt(agreements.change({ check_ins: on }))} />
          <Toggle label={words.checkIns.remind} hint={words.checkIns.remindHint} on={agreements.settings?.reminders ?? false} disabled={!house.open || !agreements.settings} onChange={(on) => void attempt(agreements.change({ reminders: on }))} />
          <Toggle label={words.checkIns.nudge} hint={words.checkIns.nudgeHint} on={agreements.settings?.nudges ?? false} disabled={!house.open || !agreements.settings} onChange={(on) => void attempt(agreements.change({ nudges: on }))} />
        </Section>
        {agreements.checkIns.length === 0 && <Soft style={{ fontSize: 16, lineHeight: 24 }}>{words.checkIns.none}</Soft>}
        {agreements.checkIns.map((each) => (
          <Card key={each.id} checkIn={each} house={house} onEnd={() => void attempt(agreements.end(each.id), words.checkIns.ended)} />
        ))}
        <Button label={words.checkIns.add} icon="plus" kind="primary" disabled={!allowed || !house.open} onPress={() => setAdding(true)} />
        <Section>
          <Row label={words.notifications.open} icon="bell" onPress={() => go.navigate("Notifications")} />
        </Section>
      </Page>
      <Sheet title={words.checkIns.add} open={adding} onClose={() => setAdding(false)}>
        <Form house={house} onDone={() => setAdding(false)} />
      </Sheet>
      {told !== "" && <Snack text={told} action={words.close} onAction={() => setTold("")} />}
    </View>
  );
}

function Card({ checkIn, house, onEnd }: { checkIn: CheckIn; house: House; onEnd: () => void }) {
  const { colours } = useTheme();
  const words = useWords();
  const persona = house.personas.get(checkIn.persona);
  const about = checkIn.about || words.checkIns.goOn;
  return (
    <View style={{ flexDirection: "row", gap: 14, padding: 16, paddingRight: 8, borderRadius: 20, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      {persona ? <Mark persona={persona} size={40} /> : <AnyMark personas={[...house.personas.values()]} size={40} />}
      <View style={{ flex: 1, gap: 3 }}>
        <Prose style={{ lineHeight: 25 }}>{about}</Prose>
        <Body style={{ fontSize: 15, fontWeight: "600" }}>{`${daysOf(checkIn, words)} · ${checkIn.time}`}</Body>
        <Small>{words.checkIns.next(`${words.day(checkIn.next_at)}, ${words.time(checkIn.next_at)}`)}</Small>
        {checkIn.memory_id !== "" && <Small>{words.checkIns.promised}</Small>}
      </View>
      <IconButton icon="trash" size={20} label={words.checkIns.end(about)} colour={colours.soft} onPress={onEnd} />
    </View>
  );
}

function daysOf({ days, date }: CheckIn, words: Words): string {
  if (date) return words.date(`${date}T12:00`);
  const sorted = [...days].sort((a, b) => a - b);
  if (sorted.length === 7) return words.checkIns.everyDay;
  if (sorted.join() === "1,2,3,4,5") return words.checkIns.weekdays;
  return sorted.map((day) => words.checkIns.days[day - 1]).join(", ");
}

const STEP_MINUTES = 15;

function Form({ house, onDone }: { house: House; onDone: () => void }) {
  const words = useWords();
  const [days, setDays] = useState<number[]>([1, 2, 3, 4, 5]);
  const [time, setTime] = useState("09:00");
  const [about, setAbout] = useState("");
  const [persona, setPersona] = useState("");
  const [place, setPlace] = useState(house.conversations.list.find((row) => !row.private)?.id ?? "");
  const [error, setError] = useState("");
  const agree = async () => {
    if (!isTime(time)) return setError(words.checkIns.badTime);
    if (!days.length) return setError(words.checkIns.pickDay);
    try {
      await agreeOn(house, { days, time, about: about.trim(), persona, place });
      onDone();
    } catch (failure) {
      const known = failure instanceof ApiError && failure.status > 0 ? words.errors[failure.code] : undefined;
      setError(known ?? words.notReached);
    }
  };
  return (
    <>
      <Part title={words.checkIns.on} gap={5}>
        {words.checkIns.days.map((name, at) => {
          const day = at + 1;
          const on = days.includes(day);
          return <Chip key={name} narrow label={name} long={words.checkIns.daysLong[at]} selected={on} onPress={() => setDays(on ? days.filter((each) => each !== day) : [...days, day])} />;
        })}
      </Part>
      <TimeField label={words.checkIns.at} time={time} onChange={setTime} />
      <Field label={words.checkIns.about} placeholder={words.checkIns.aboutHint} value={about} onChangeText={setAbout} maxLength={120} />
      <Part title={words.checkIns.who}>
        <Chip label={words.checkIns.whoever} selected={persona === ""} onPress={() => setPersona("")} />
        {[...house.personas.values()].map((each) => (
          <Chip key={each.id} label={each.name} selected={persona === each.id} onPress={() => setPersona(each.id)}>
            <Mark persona={each} size={24} />
          </Chip>
        ))}
      </Part>
      <Part title={words.checkIns.where}>
        {house.conversations.list.filter((row) => !row.private).slice(0, 4).map((row) => (
          <Chip key={row.id} label={shortened(row.title || words.untitled)} long={row.title} selected={place === row.id} onPress={() => setPlace(row.id)} />
        ))}
        <Chip label={words.checkIns.newSession} selected={place === ""} onPress={() => setPlace("")} />
      </Part>
      {error !== "" && <Body accessibilityLiveRegion="polite">{error}</Body>}
      <Button label={words.checkIns.add} kind="primary" onPress={() => void agree()} />
    </>
  );
}

interface Wish {
  days: number[];
  time: string;
  about: string;
  persona: string;
  place: string;
}

async function agreeOn(house: House, { place, ...wish }: Wish): Promise<void> {
  const { agreements, api, conversations, timezone } = house;
  let id = place;
  if (!id) {
    const made = await api.createSession();
    conversations.keep(made);
    id = made.id;
  }
  await agreements.agree({ ...wish, session_id: id, timezone });
}

function Part({ title, children, gap }: { title: string; children: React.ReactNode; gap?: number }) {
  return (
    <View style={{ gap: 8 }}>
      <Small style={{ fontSize: 14 }}>{title}</Small>
      <Chips gap={gap}>{children}</Chips>
    </View>
  );
}

/** A time to write, or to push to and fro. */
export function TimeField({ label, time, onChange }: { label: string; time: string; onChange: (time: string) => void }) {
  const words = useWords();
  const { colours } = useTheme();
  return (
    <View style={{ gap: 4, flexGrow: 1 }}>
      <Small style={{ fontSize: 14 }}>{label}</Small>
      <View style={{ flexDirection: "row", alignItems: "center", gap: 4 }}>
        <IconButton icon="back" size={18} label={words.checkIns.earlier(STEP_MINUTES)} colour={colours.soft} onPress={() => onChange(laterTime(time, -STEP_MINUTES))} />
        <Field label={label} hideLabel value={time} onChangeText={onChange} maxLength={5} keyboardType="numbers-and-punctuation" style={{ width: 92, textAlign: "center", fontVariant: ["tabular-nums"] }} />
        <IconButton icon="on" size={18} label={words.checkIns.later(STEP_MINUTES)} colour={colours.soft} onPress={() => onChange(laterTime(time, STEP_MINUTES))} />
      </View>
    </View>
  );
}

function shortened(title: string): string {
  const letters = Array.from(title);
  return letters.length <= 26 ? title : `${letters.slice(0, 26).join("").trimEnd()}…`;
}
