// The client of ION for the web, React Native and Node.

export { IonClient, type PersonaInfo } from "./client";
export type { ClientFrame, ServerFrame } from "./generated/frames";
export { IonError } from "./rest";
export { Session } from "./session";
export { memory } from "./storage";
export type {
  ClientEvents, Frame, KeyValue, LogFrame, Message, Options, Policy, Problem, SendOptions,
  SessionEvents, SocketLike, State, Status, Timers,
} from "./types";
