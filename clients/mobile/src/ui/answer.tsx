// What a mentor says: it hangs on a thread in their colour.

import { memo, useEffect, useRef, useState } from "react";
import { AccessibilityInfo, Animated, Easing, Pressable, View } from "react-native";

import type { Answer } from "../core/items";
import type { PersonaInfo, Rating } from "../core/resources";
import { resonanceWords, useWords } from "../words";
import { Button, IconButton } from "./button";
import { Icon, Mark } from "./icon";
import { Markdown } from "./markdown";
import { SafetyCard } from "./safety";
import { Body, Small, Soft, Title } from "./text";
import { inkOf, useTheme } from "./theme";

export interface AnswerActs {
  again: (turnId: string) => void;
  rate: (turnId: string, rating: Rating) => void;
  share: (text: string) => void;
}

interface Props {
  answer: Answer;
  personas: ReadonlyMap<string, PersonaInfo>;
  rating: number;
  recalled: string[];
  /** Whether it may be answered again now. */
  idle: boolean;
  acts: AnswerActs;
}

const INDENT = 44;

export const AnswerView = memo(function AnswerView(props: Props) {
  const { answer, personas, recalled } = props;
  const { colours, scheme } = useTheme();
  const words = useWords();
  const [open, setOpen] = useState(false);
  const persona = personas.get(answer.persona ?? "");
  const ink = persona ? inkOf(persona.color, scheme) : colours.soft;
  const name = persona?.name ?? words.someone;
  if (answer.status === "failed") return <Failure {...props} />;
  const writing = answer.status === "thinking" || answer.status === "streaming";
  return (
    <View style={{ marginBottom: 26 }}>
      <Who name={name} persona={persona} ink={ink} answer={answer} open={open} onToggle={() => setOpen(!open)} />
      <View style={{ flexDirection: "row" }}>
        <View style={{ width: INDENT, paddingLeft: 15, paddingTop: 4 }}>
          <View style={{ width: 2, flex: 1, borderRadius: 1, backgroundColor: ink, opacity: 0.35 }} />
        </View>
        <View style={{ flex: 1, minWidth: 0 }}>
          {open && <Why answer={answer} personas={personas} />}
          <SafetyCard lines={answer.resources} />
          {answer.text === "" && writing && <Dots ink={ink} label={words.thinking(name)} />}
          {answer.text !== "" && <Markdown text={answer.text} partial={writing} ink={ink} />}
          {answer.status === "stopped" && <Note>{answer.text ? words.stopped : words.stoppedEmpty}</Note>}
          {answer.cut && <Note>{words.cut}</Note>}
          {recalled.map((text) => (
            <View key={text} style={{ flexDirection: "row", gap: 8, paddingTop: 12 }}>
              <Icon name="memory" colour={colours.soft} size={17} />
              <Small style={{ flex: 1, fontSize: 14 }}>{words.used(text)}</Small>
            </View>
          ))}
          {!writing && <Tools {...props} ink={ink} />}
        </View>
      </View>
    </View>
  );
});

interface WhoProps {
  name: string;
  persona: PersonaInfo | undefined;
  ink: string;
  answer: Answer;
  open: boolean;
  onToggle: () => void;
}

function Who({ name, persona, ink, answer, open, onToggle }: WhoProps) {
  const { serif } = useTheme();
  const words = useWords();
  const known = answer.choices.length > 0;
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={known ? words.why(name) : name}
      accessibilityState={{ expanded: open, disabled: !known }}
      aria-expanded={known ? open : undefined}
      disabled={!known}
      onPress={onToggle}
      style={{ minHeight: 44, flexDirection: "row", alignItems: "center", alignSelf: "flex-start", gap: 12, paddingRight: 10 }}
    >
      <Mark persona={persona} />
      <Body style={{ fontFamily: serif, fontSize: 17, fontWeight: "700", color: ink }}>{name}</Body>
      {known && <View style={{ marginLeft: -6 }}><Icon name={open ? "up" : "chevron"} colour={ink} size={17} /></View>}
    </Pressable>
  );
}

function Why({ answer, personas }: { answer: Answer; personas: ReadonlyMap<string, PersonaInfo> }) {
  const { colours, scheme } = useTheme();
  const words = useWords();
  const heard = resonanceWords(answer.resonanceKey, words);
  const fixed: Record<string, string> = { offline: words.offlineModel, safety: words.safetyModel, check_in: words.checkInModel, reminder: words.reminderModel, nudge: words.nudgeModel };
  const model = answer.model && (fixed[answer.model] ?? answer.model);
  return (
    <View style={{ marginBottom: 14, padding: 16, borderRadius: 18, borderWidth: 1, borderColor: colours.line, backgroundColor: colours.card, gap: 12 }}>
      <Title style={{ fontSize: 16, lineHeight: 22 }}>{words.whyTitle}</Title>
      {answer.choices.map(({ persona: id, probability, reason }) => {
        const persona = personas.get(id);
        const percent = Math.round(probability * 100);
        return (
          <View key={id} accessible style={{ flexDirection: "row", gap: 10 }}>
            <Mark persona={persona} size={28} />
            <View style={{ flex: 1, gap: 4 }}>
              <View style={{ flexDirection: "row", justifyContent: "space-between" }}>
                <Body style={{ fontWeight: "600", fontSize: 15 }}>{persona?.name ?? id}</Body>
                <Body style={{ fontSize: 15, fontVariant: ["tabular-nums"] }}>{percent}%</Body>
              </View>
              <View style={{ height: 4, borderRadius: 2, backgroundColor: colours.wash }}>
                <View style={{ height: 4, borderRadius: 2, width: `${percent}%`, backgroundColor: persona ? inkOf(persona.color, scheme) : colours.soft }} />
              </View>
              <Soft style={{ fontSize: 14, lineHeight: 20 }}>{reason}</Soft>
            </View>
          </View>
        );
      })}
      {(heard !== "" || model !== "") && <View style={{ height: 1, backgroundColor: colours.line }} />}
      {heard !== "" && <Fact name={words.heard} text={heard} />}
      {model !== "" && <Fact name={words.model} text={model} />}
    </View>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <View>
      <Small>{name}</Small>
      <Body style={{ fontSize: 15 }}>{text}</Body>
    </View>
  );
}

function Tools({ answer, rating, idle, acts, ink }: Props & { ink: string }) {
  const { colours } = useTheme();
  const words = useWords();
  const { turnId, text } = answer;
  if (!turnId) return null;
  const thumb = (value: 1 | -1) => acts.rate(turnId, rating === value ? 0 : value);
  const tint = (value: number) => (rating === value ? ink : colours.soft);
  return (
    <View style={{ flexDirection: "row", marginLeft: -12, marginTop: 4, marginBottom: -14 }}>
      {text !== "" && <IconButton icon="thumbUp" size={19} label={words.helpful} colour={tint(1)} pressed={rating === 1} onPress={() => thumb(1)} />}
      {text !== "" && <IconButton icon="thumbDown" size={19} label={words.notHelpful} colour={tint(-1)} pressed={rating === -1} onPress={() => thumb(-1)} />}
      {answer.last && <IconButton icon="again" size={19} label={words.again} colour={colours.soft} disabled={!idle} onPress={() => acts.again(turnId)} />}
      {text !== "" && <IconButton icon="share" size={19} label={words.share} colour={colours.soft} onPress={() => acts.share(text)} />}
    </View>
  );
}

function Failure({ answer, acts, idle }: Props) {
  const { colours } = useTheme();
  const words = useWords();
  const { turnId, error } = answer;
  const reason = words.errors[error ?? ""] ?? words.errors.default;
  return (
    <View style={{ marginBottom: 26, padding: 14, borderRadius: 18, borderWidth: 1, borderColor: colours.alert, gap: 10 }}>
      <View style={{ flexDirection: "row", gap: 10 }}>
        <Icon name="alert" colour={colours.alert} />
        <Body style={{ flex: 1 }}>{`${words.failedTurn} ${reason}`}</Body>
      </View>
      {turnId && <Button label={words.askAgain} icon="again" disabled={!idle} onPress={() => acts.again(turnId)} style={{ alignSelf: "flex-start" }} />}
    </View>
  );
}

function Note({ children }: { children: string }) {
  return <Small style={{ paddingTop: 10, fontSize: 14, fontStyle: "italic" }}>{children}</Small>;
}

/** As tall as a first line, so that the first words take its place without a jump. */
function Dots({ ink, label }: { ink: string; label: string }) {
  const [still, setStill] = useState(false);
  const beat = useRef(new Animated.Value(0)).current;
  useEffect(() => {
    void AccessibilityInfo.isReduceMotionEnabled().then(setStill);
  }, []);
  useEffect(() => {
    if (still) return;
    const timing = { toValue: 1, duration: 1_400, easing: Easing.linear, useNativeDriver: true };
    const loop = Animated.loop(Animated.timing(beat, timing));
    loop.start();
    return () => loop.stop();
  }, [beat, still]);
  return (
    <View accessible accessibilityLabel={label} style={{ height: 28, flexDirection: "row", alignItems: "center", gap: 6 }}>
      {[0, 1, 2].map((at) => {
        const from = 0.12 * at;
        const opacity = beat.interpolate({ inputRange: [from, from + 0.2, from + 0.45, 1], outputRange: [0.35, 1, 0.35, 0.35], extrapolate: "clamp" });
        return <Animated.View key={at} style={{ width: 8, height: 8, borderRadius: 4, backgroundColor: ink, opacity: still ? 0.6 : opacity }} />;
      })}
    </View>
  );
}
