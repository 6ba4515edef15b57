// What comes up from the bottom edge: choices, questions, a field to write in.

import type { ReactNode } from "react";
import { KeyboardAvoidingView, Modal, Platform, Pressable, ScrollView, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { useWords } from "../words";
import { Button, IconButton } from "./button";
import { Soft, Title } from "./text";
import { useTheme } from "./theme";

interface SheetProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A sheet over the screen; touching beside it, or going back, closes it. */
export function Sheet({ title, open, onClose, children }: SheetProps) {
  const { colours } = useTheme();
  const words = useWords();
  const { bottom } = useSafeAreaInsets();
  return (
    <Modal transparent visible={open} animationType="fade" onRequestClose={onClose} statusBarTranslucent navigationBarTranslucent>
      <KeyboardAvoidingView behavior={Platform.OS === "ios" ? "padding" : undefined} style={{ flex: 1, justifyContent: "flex-end", alignItems: "center" }}>
        <Pressable aria-hidden tabIndex={-1} accessible={false} importantForAccessibility="no" onPress={onClose} style={{ position: "absolute", top: 0, bottom: 0, left: 0, right: 0, backgroundColor: colours.scrim }} />
        <View
          accessibilityViewIsModal
          role="dialog"
          aria-label={title}
          style={{
            width: "100%", maxWidth: 560, maxHeight: "88%", backgroundColor: colours.card, borderTopLeftRadius: 26, borderTopRightRadius: 26,
            paddingTop: 10, paddingHorizontal: 8, paddingBottom: Math.max(16, bottom), boxShadow: "0 -8px 30px rgba(40, 24, 20, 0.16)",
          }}
        >
          <View style={{ flexDirection: "row", alignItems: "center", justifyContent: "space-between", paddingLeft: 14, minHeight: 44 }}>
            <Title style={{ flex: 1, fontSize: 19 }}>{title}</Title>
            <IconButton icon="close" label={words.close} onPress={onClose} />
          </View>
          <ScrollView keyboardShouldPersistTaps="handled" contentContainerStyle={{ paddingHorizontal: 14, paddingTop: 4, paddingBottom: 8, gap: 12 }}>
            {children}
          </ScrollView>
        </View>
      </KeyboardAvoidingView>
    </Modal>
  );
}

interface QuestionProps {
  title: string;
  text: string;
  yes: string;
  open: boolean;
  onYes: () => void;
  onClose: () => void;
}

/** A question before something that can't be undone. */
export function Question({ title, text, yes, open, onYes, onClose }: QuestionProps) {
  const words = useWords();
  return (
    <Sheet title={title} open={open} onClose={onClose}>
      <Soft>{text}</Soft>
      <View style={{ flexDirection: "row", gap: 10, paddingTop: 8 }}>
        <Button label={words.cancel} onPress={onClose} style={{ flex: 1 }} />
        <Button label={yes} kind="danger" onPress={onYes} style={{ flex: 1 }} />
      </View>
    </Sheet>
  );
}
