// One person's conversation, without a browser: which session it shows whatever the server says.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Conversation } from "../src/widget/panel/conversation";
import { Account } from "../src/widget/panel/account";
import { Space } from "../src/widget/panel/space";
import { FakeSocket } from "../test/fake";

const AT = "2026-11-01T09:00:00Z";
let sockets: FakeSocket[];
let conversation: Conversation;

beforeEach(async () => {
  sockets = [];
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("WebSocket", class extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  });
  const space = new Space(null, "ion.");
  const account = new Account({ api: "", space, lock: "", first: async () => {
    return { user_id: "u_1", access_token: "a", refresh_token: "r", expires_in: 900 };
  } });
  space.set("session", "s_1");
  conversation = new Conversation({
    url: "https://ion.test", person: { kind: "visitor", space, account }, installation: "i", locale: "en",
    changed: () => {}, unread: () => {}, expired: () => {},
  });
  conversation.connect();
  await vi.waitFor(() => expect(sockets).toHaveLength(1));
  const message = { id: "m_1", role: "user", text: "hi", created_at: AT, turn_id: "t_1", client_msg_id: "c_1" };
  const answer = { id: "a_1", role: "assistant", text: "hello", created_at: AT, answered: { turn_id: "t_1" } };
  sockets[0]!.welcome();
  sockets[0]!.give({ type: "attached", epoch: "e", seq: 9, recovered: false });
  sockets[0]!.give({ type: "snapshot", session: { id: "s_1" }, messages: [message, answer], epoch: "e", seq: 9 });
});

afterEach(() => {
  conversation.close();
  vi.unstubAllGlobals();
});

test("a second answer to what was deleted elsewhere leaves the conversation as it is", () => {
  conversation.session.regenerate("t_1");
  const [asked] = sockets[0]!.said("regenerate");
  sockets[0]!.give({ type: "error", code: "not_found", message: "", retryable: false, ref: asked!.client_msg_id });
  expect([conversation.session.id, conversation.messages.length]).toEqual(["s_1", 2]);
});

test("a session that is gone is not gone on with", () => {
  sockets[0]!.give({ type: "error", code: "gone", message: "", retryable: false, ref: "s_1" });
  expect([conversation.session.id, conversation.messages]).toEqual([null, []]);
});
