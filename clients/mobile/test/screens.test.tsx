// The screens, on a phone that is offline and on one that is not asked for more than it knows.

import { act, configure, fireEvent, render, screen, waitFor, within } from "@testing-library/react-native";

import { App } from "../src/app";
import { Ion } from "../src/core/ion";
import type { SyncPage } from "../src/core/resources";
import { memory } from "./known";
import type { FakePhone } from "./phone";
import { fakePhone, FakeServer } from "./phone";
import { newDisk } from "./sqlite";

jest.mock("react-native-safe-area-context", () => require("react-native-safe-area-context/jest/mock").default);
configure({ asyncUtilTimeout: 10_000 });
jest.setTimeout(60_000);

const HELP = { name: "Samaritans", contact: "116 123", url: "https://www.samaritans.org", hours: "24/7", languages: ["en"], source: "", checked: "2026-11-24" };
const PAGE: SyncPage = {
  sessions: [{
    session: { id: "s_1", title: "Sleep", last_text: "Tell me **more**.", created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-02T00:00:00Z", unread: 2 },
    messages: [
      { id: "m1", role: "user", text: "I sleep badly", created_at: "2026-11-01T00:00:00Z", turn_id: "t1" },
      {
        id: "m2", role: "assistant", text: "Tell me **more**.", created_at: "2026-11-01T00:00:01Z",
        answered: {
          turn_id: "t1", persona: "lua", model: "offline", resonance_key: "anxious-medium-reflection", memories_used: ["f_1"],
          choices: [{ persona: "lua", probability: 0.82, reason: "You sound worried." }], resources: [HELP],
        },
      },
    ],
  }],
  deleted: [], next: "2", more: false, reset: false,
  memory: [memory("f_1", {
    text: "I want to sleep better",
    sources: [{
      session_id: "s_1", session_title: "Sleep", message_id: "m1", turn_id: "t1", role: "user", text: "I sleep badly",
      at: "2026-11-01T00:00:00Z",
    }],
  })],
};

const report = console.error;

beforeAll(() => {
  jest.spyOn(console, "error").mockImplementation((text, ...more) => {
    // the core changes on its own here, as it does on a phone
    if (!String(text).includes("not wrapped in act")) report(text, ...more);
  });
});

let ion: Ion;
let phone: FakePhone;

/** Show the app as it opens without a network, after it was used with one. */
async function shown(more: Partial<FakePhone> = {}): Promise<void> {
  const server = new FakeServer();
  server.answers["GET /sync"] = PAGE;
  phone = fakePhone(await newDisk(), server, more);
  ion = new Ion(phone);
  await ion.house.refresh();
  await ion.house.refreshPersonas();
  server.up = false;
  render(<App ion={ion} />);
  await screen.findByRole("header", { name: /Conversations|대화/ });
}

afterEach(() => {
  act(() => ion.stop());
});

async function opened(): Promise<void> {
  await shown();
  fireEvent.press(screen.getByLabelText(/^Sleep, Tell me more\./));
  await screen.findByText("I sleep badly");
}

test("the list says title, last words and what is unread, to eyes and ears", async () => {
  await shown();
  const row = screen.getByLabelText(/^Sleep, Tell me more\., .*, 2 unread$/);
  expect(within(row).getByText("2")).toBeTruthy();
  expect(phone.notifications.shownBadge).toBe(2);
});

test("a conversation opens without a network: words, mentor, memory used, people to reach", async () => {
  await opened();
  expect(screen.getByText("Lua")).toBeTruthy();
  expect(screen.getByText("Remembered: I want to sleep better")).toBeTruthy();
  expect(screen.getByLabelText("Contact Samaritans: 116 123")).toBeTruthy();
});

test("why a mentor answers is a touch away", async () => {
  await opened();
  fireEvent.press(screen.getByLabelText("Lua. Why this mentor?"));
  expect(screen.getByText("82%")).toBeTruthy();
  expect(screen.getByText("You sound worried.")).toBeTruthy();
  expect(screen.getByText("worried · steady · thinking it over")).toBeTruthy();
  expect(screen.getByText("the built-in engine, without a language model")).toBeTruthy();
});

test("what is written without a network waits, and can be seen to wait", async () => {
  await opened();
  expect(screen.getByLabelText("Send").props.accessibilityState.disabled).toBe(true);
  fireEvent.changeText(screen.getByLabelText("Message"), "And I wake up early");
  fireEvent.press(screen.getByLabelText("Send"));
  expect(await screen.findByText("And I wake up early")).toBeTruthy();
  expect(screen.getByText("Waiting to be sent")).toBeTruthy();
});

test("who answers can be chosen, and given back", async () => {
  await opened();
  fireEvent.press(screen.getByLabelText("Who answers: Whoever fits"));
  fireEvent.press(screen.getByLabelText("Elro. Structure and technical architect"));
  await waitFor(() => expect(screen.getByLabelText("Who answers: Elro")).toBeTruthy());
});

test("a conversation goes from the screen with the person whose it is", async () => {
  await opened();
  fireEvent.changeText(screen.getByLabelText("Message"), "Mine alone");
  await act(async () => ion.house.account.onNewUser());
  expect(await screen.findByRole("header", { name: "Conversations" })).toBeTruthy();
  expect(screen.queryByText("I sleep badly")).toBeNull();
  expect(screen.queryByLabelText("Message")).toBeNull();
  expect(screen.queryByLabelText(/^Sleep/)).toBeNull();
});

test("a memory is shown with where it is from, and forgetting it can be undone", async () => {
  await shown();
  fireEvent.press(screen.getByLabelText(/^Memory/));
  expect(await screen.findByText("I want to sleep better")).toBeTruthy();
  fireEvent.press(screen.getByLabelText("Why?"));
  expect(screen.getByText("“I sleep badly”")).toBeTruthy();
  fireEvent.press(screen.getByLabelText("Forget “I want to sleep better”"));
  expect(screen.queryByText("I want to sleep better")).toBeNull();
  fireEvent.press(screen.getByText("Undo"));
  expect(screen.getByText("I want to sleep better")).toBeTruthy();
});

test("a notification that started the app leads into its session, with the list behind it", async () => {
  const server = new FakeServer();
  server.answers["GET /sync"] = PAGE;
  phone = fakePhone(await newDisk(), server);
  phone.notifications.first = { thread: "s_1", notification_id: "n_1" };
  ion = new Ion(phone);
  await ion.house.refresh();
  render(<App ion={ion} />);
  expect(await screen.findByText("I sleep badly")).toBeTruthy();
  fireEvent.press(screen.getByLabelText("Back"));
  expect(await screen.findByLabelText(/^Sleep, Tell me more\./)).toBeTruthy();
});

test("a notification that is opened while the app runs leads there, too", async () => {
  await shown();
  await act(async () => phone.notifications.tell("opened", { thread: "s_1" }));
  expect(await screen.findByText("I sleep badly")).toBeTruthy();
});

test("it speaks Korean where the phone does, and changes when it is asked to", async () => {
  await shown({ languages: ["ko-KR"], locale: "ko-KR" } as Partial<FakePhone>);
  expect(screen.getByText("새 대화")).toBeTruthy();
  fireEvent.press(screen.getByLabelText(/^설정/));
  fireEvent.press(await screen.findByLabelText("English"));
  expect(await screen.findByRole("header", { name: "Settings" })).toBeTruthy();
});

test("people to reach are listed without a network, for where the phone is", async () => {
  await shown();
  fireEvent.press(screen.getByLabelText("Help right now"));
  expect(await screen.findByText("In danger? Call 999")).toBeTruthy();
  expect(screen.getByLabelText("Contact Samaritans: 116 123")).toBeTruthy();
});

test("a build that names no server asks for one", async () => {
  phone = fakePhone(await newDisk(), new FakeServer(), { server: "" });
  ion = new Ion(phone);
  render(<App ion={ion} />);
  fireEvent.changeText(screen.getByLabelText("Address"), "nonsense");
  fireEvent.press(screen.getByText("Use this server"));
  expect(screen.getByText("That is no address: it begins with https://")).toBeTruthy();
  fireEvent.changeText(screen.getByLabelText("Address"), "https://mentor.test/");
  fireEvent.press(screen.getByText("Use this server"));
  expect(await screen.findByRole("header", { name: "Conversations" })).toBeTruthy();
});

test("everything that can be pressed has a name", async () => {
  await opened();
  const unnamed = screen.root.findAll((node: typeof screen.root) => typeof node.type === "string" && node.props.accessible === true
    && node.props.accessibilityRole === "button" && !node.props.accessibilityLabel && !within(node).queryAllByText(/\S/).length);
  expect(unnamed).toEqual([]);
});
