// How the app looks, which server it uses, who the person is there, and how to leave.

import { useState } from "react";
import { View } from "react-native";

import type { Ion } from "../core/ion";
import { serverOf } from "../core/text";
import { Button, Chip, Chips } from "../ui/button";
import { Field } from "../ui/field";
import { useHouse, useIon } from "../ui/hooks";
import { Row, Section } from "../ui/rows";
import { Page, Snack } from "../ui/screen";
import { Question, Sheet } from "../ui/sheet";
import { Body } from "../ui/text";
import type { ThemeChoice } from "../ui/theme";
import type { LanguageChoice } from "../words";
import { useWords } from "../words";
import { useGo } from "./routes";

const THEMES: ThemeChoice[] = ["auto", "light", "dark"];
const LANGUAGES: LanguageChoice[] = ["auto", "en", "ko"];

export function SettingsScreen() {
  const words = useWords();
  const texts = words.settings;
  const ion = useIon();
  const go = useGo();
  const [open, setOpen] = useState<"server" | null>(null);
  const [told, setTold] = useState("");
  return (
    <View style={{ flex: 1 }}>
      <Page title={texts.title}>
        <Section>
          <Row label={words.helpNow} hint={words.helpHint} icon="heart" onPress={() => go.navigate("Help")} />
          <Row label={words.notifications.open} icon="bell" onPress={() => go.navigate("Notifications")} />
        </Section>
        <Section title={texts.look}>
          <Choice name={texts.theme}>
            {THEMES.map((each) => <Chip key={each} label={texts.themes[each]} selected={ion.theme === each} onPress={() => ion.chooseTheme(each)} />)}
          </Choice>
          <Choice name={texts.language}>
            {LANGUAGES.map((each) => <Chip key={each} label={texts.languages[each]} selected={ion.languageChoice === each} onPress={() => ion.chooseLanguage(each)} />)}
          </Choice>
        </Section>
        <Section title={texts.server} foot={texts.serverText}>
          <Row label={texts.serverLabel} value={ion.server.replace(/^https?:\/\//, "")} onPress={() => setOpen("server")} />
        </Section>
        <AccountPart onTold={setTold} />
        <Section title={texts.about}>
          <Row label={texts.version(ion.phone.version)} hint={words.aiNote} />
        </Section>
      </Page>
      <Sheet title={texts.server} open={open === "server"} onClose={() => setOpen(null)}>
        <ServerForm ion={ion} onDone={() => setOpen(null)} />
      </Sheet>
      {told !== "" && <Snack text={told} action={words.close} onAction={() => setTold("")} />}
    </View>
  );
}

function Choice({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <View style={{ padding: 16, gap: 10 }}>
      <Body>{name}</Body>
      <Chips>{children}</Chips>
    </View>
  );
}

/** Where the server is; also the first thing that is asked where no build names one. */
export function ServerForm({ ion, onDone }: { ion: Ion; onDone: () => void }) {
  const texts = useWords().settings;
  const [address, setAddress] = useState(ion.server);
  const [error, setError] = useState("");
  const use = () => {
    const server = serverOf(address);
    if (!server) return setError(texts.serverBad);
    ion.chooseServer(server);
    onDone();
  };
  return (
    <>
      <Field
        label={texts.serverLabel} value={address} onChangeText={setAddress} error={error} placeholder={texts.serverHint}
        autoCapitalize="none" autoCorrect={false} keyboardType="url" inputMode="url" onSubmitEditing={use}
      />
      <Button label={texts.serverUse} kind="primary" onPress={use} />
    </>
  );
}

function AccountPart({ onTold }: { onTold: (text: string) => void }) {
  const words = useWords();
  const texts = words.settings;
  const ion = useIon();
  const house = useHouse();
  const [asked, setAsked] = useState<"logout" | "erase" | null>(null);
  const act = async (doing: () => Promise<string>) => {
    setAsked(null);
    try {
      onTold(await doing());
    } catch {
      onTold(words.notReached);
    }
  };
  const take = async () => {
    await ion.phone.share("ion.json", await house.api.exported());
    return "";
  };
  const leave = async () => {
    await house.logout();
    return "";
  };
  const erase = async () => {
    const { id } = await house.erase();
    return `${texts.erased} ${id}`;
  };
  return (
    <View style={{ gap: 8 }}>
      <Section title={texts.account}>
        <Row label={texts.anonymous} hint={house.account.userId ? `${texts.userId} ${house.account.userId}` : undefined} />
        <Row label={texts.export} hint={texts.exportHint} icon="share" disabled={!house.open} onPress={() => void act(take)} />
        <Row label={texts.logout} hint={texts.logoutHint} icon="lock" onPress={() => setAsked("logout")} />
        <Row label={texts.erase} hint={texts.eraseHint} icon="trash" danger disabled={!house.open} onPress={() => setAsked("erase")} />
      </Section>
      <Question title={texts.logoutTitle} text={texts.logoutText} yes={texts.logout} open={asked === "logout"} onYes={() => void act(leave)} onClose={() => setAsked(null)} />
      <Question title={texts.eraseTitle} text={texts.eraseText} yes={texts.eraseYes} open={asked === "erase"} onYes={() => void act(erase)} onClose={() => setAsked(null)} />
    </View>
  );
}
