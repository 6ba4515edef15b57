// A server in the test's hands: sockets that it opens, feeds and ends.

import { IonClient, memory, type Options } from "../src/index";

type Frame = Record<string, any>;
const AT = "2026-11-01T09:00:00Z";

export class FakeSocket {
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: any) => void) | null = null;
  onclose: ((event: any) => void) | null = null;
  onerror: ((event: any) => void) | null = null;
  sent: Frame[] = [];
  closed = false;

  constructor(readonly url: string, readonly protocols: string[]) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  /** Open it, and let the client in. */
  welcome(user_id = "u_1"): void {
    this.onopen?.({});
    this.give({ type: "welcome", user_id, limits: { text_chars: 8_000, frame_bytes: 65_536, sessions: 16 } });
  }

  give(...frames: Frame[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify({ session_id: "s_1", at: AT, ...frame }) });
  }

  shut(code: number): void {
    this.onclose?.({ code });
  }

  /** Return the frames of some types that the client sent. */
  said(...types: string[]): Frame[] {
    return this.sent.filter(({ type }) => types.includes(type));
  }
}

/** Return a client whose sockets come into a list. */
export function fakeClient(options: Partial<Options> = {}) {
  const sockets: FakeSocket[] = [];
  const client = new IonClient({
    url: "https://ion.test/",
    token: () => "token",
    storage: memory(),
    socket: (url, protocols) => {
      const socket = new FakeSocket(url, protocols);
      sockets.push(socket);
      return socket;
    },
    ...options,
  });
  return { client, sockets, last: () => sockets[sockets.length - 1]! };
}

/** Return an answer of HTTP. */
export function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}
