// The client of ION for the web, React Native and Node.

export { IonClient } from "./client";
export type * as frames from "./generated/frames";
export type * as resources from "./generated/resources";
export { IonError } from "./rest";
export { Session } from "./session";
export { memory } from "./storage";
export type {
  ClientEvents, Frame, KeyValue, LogFrame, Message, Options, Policy, Problem, SendOptions,
  SessionEvents, SocketLike, State, Status,
} from "./types";
