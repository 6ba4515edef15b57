// What REST answers hold: the generated types, under the names that the app has for them.

import type { Answered } from "../../../web/src/generated/frames";
import type { Memory, NotificationSettings } from "../../../web/src/generated/resources";

export type {
  Choice, HelpLine, Message as ArchivedMessage, Session as SessionInfo,
} from "../../../web/src/generated/frames";
export type {
  CheckIn, CreateCheckIn, Memory, NotificationSettings, PersonaInfo, Receipt, RegisterDevice, SyncPage, TokenPair,
} from "../../../web/src/generated/resources";

export type Rating = NonNullable<Answered["rating"]>;
export type MemoryKind = Memory["kind"];
export type NotificationKind = NotificationSettings["muted"][number];
