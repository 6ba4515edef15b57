// Where things are kept when there is no localStorage, as in Node and React Native.

import { afterEach, expect, test, vi } from "vitest";
import { FakeSocket } from "./fake";

/** The sources, or what is published. */
const { IonClient }: typeof import("../src/index") = await import(process.env.SDK ?? "../src/index");

afterEach(() => vi.unstubAllGlobals());

const denied = { getItem: () => { throw new Error("not here"); } };

test.each([["none", undefined], ["one that is denied", denied]])("with a localStorage that is %s, memory does", async (_, storage) => {
  vi.stubGlobal("localStorage", storage);
  const socket = new FakeSocket("", []);
  const open = vi.fn(() => socket);
  const client = new IonClient({ url: "https://ion.test", token: () => "token", socket: open });
  const errors: unknown[] = [];
  client.on("error", (error) => errors.push(error));
  const session = client.session();
  const key = session.send("hello");
  client.connect();
  await vi.waitFor(() => expect(open).toHaveBeenCalled());
  socket.welcome();
  await vi.waitFor(() => expect(socket.said("send").map((each) => each.client_msg_id)).toEqual([key]));
  expect(errors).toEqual([]);
  client.close();
});
