// REST calls that carry the token, renew it once when it is refused, and never hang.

import type {
  CheckIn, CreateCheckIn, HelpLine, Memory, NotificationSettings, PersonaInfo, Rating, Receipt,
  RegisterDevice, SessionInfo, SyncPage,
} from "./resources";

const TIMEOUT_MS = 15_000;

export type Fetch = (url: string, options: RequestInit) => Promise<Response>;
export type GiveToken = (why: { stale: boolean }) => Promise<string>;

/** What a call failed with; `status` 0 means that no answer came. */
export class ApiError extends Error {
  status: number;
  code: string;
  retryable: boolean;

  constructor(status: number, code: string, retryable = false) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryable = retryable;
  }
}

interface Asked {
  method?: string;
  body?: unknown;
  token?: string;
  language?: string;
  withinMs?: number;
}

/** Return an answer's text; raises ApiError. */
export async function request(fetch: Fetch, url: string, asked: Asked = {}): Promise<string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (asked.token) headers.authorization = `Bearer ${asked.token}`;
  if (asked.language) headers["accept-language"] = asked.language;
  if (asked.body !== undefined) headers["content-type"] = "application/json";
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), asked.withinMs ?? TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    response = await fetch(url, { method: asked.method ?? "GET", headers, body, signal: patience.signal });
    text = await response.text();
  } catch {
    throw new ApiError(0, "unreachable", true);
  } finally {
    clearTimeout(timer);
  }
  const problem = parsed(text);
  // what is no JSON comes from a network that one has to sign in to
  if (response.ok && text && problem === null) throw new ApiError(0, "unreachable", true);
  if (response.ok) return text;
  throw new ApiError(response.status, problem?.code ?? "internal", problem?.retryable ?? response.status >= 500);
}

export class Api {
  #fetch: Fetch;
  #token: GiveToken;
  #base: string;

  constructor(server: string, { fetch, token }: { fetch: Fetch; token: GiveToken }) {
    this.#base = `${server}/api/v2.1`;
    this.#fetch = fetch;
    this.#token = token;
  }

  /** Return the personas, with roles in a language where the server has them. */
  async personas(language: string): Promise<PersonaInfo[]> {
    const text = await request(this.#fetch, `${this.#base}/personas`, { language });
    return (JSON.parse(text) as { personas: PersonaInfo[] }).personas;
  }

  /** Return a page of what changed since a token; without one, of everything. */
  sync(since: string | null): Promise<SyncPage> {
    return this.#json("GET", since ? `/sync?since=${encodeURIComponent(since)}` : "/sync");
  }

  createSession(body: { private?: boolean } = {}): Promise<SessionInfo> {
    return this.#json("POST", "/sessions", body);
  }

  updateSession(id: string, changes: { title?: string; persona?: string | null }): Promise<SessionInfo> {
    return this.#json("PATCH", `/sessions/${encodeURIComponent(id)}`, changes);
  }

  async deleteSession(id: string): Promise<void> {
    await this.#call("DELETE", `/sessions/${encodeURIComponent(id)}`);
  }

  async rate(sessionId: string, turnId: string, rating: Rating): Promise<void> {
    await this.#call("POST", `/sessions/${encodeURIComponent(sessionId)}/feedback`, { turn_id: turnId, rating });
  }

  /** Return one memory with all it is known from. */
  memory(id: string): Promise<Memory> {
    return this.#json("GET", `/memory/${encodeURIComponent(id)}`);
  }

  updateMemory(id: string, changes: { text?: string; pinned?: boolean; sharing?: Memory["sharing"] }): Promise<Memory> {
    return this.#json("PATCH", `/memory/${encodeURIComponent(id)}`, changes);
  }

  /** Forget something; with `refuse` it is not learned again. */
  async forgetMemory(id: string, { refuse }: { refuse: boolean }): Promise<void> {
    await this.#call("DELETE", `/memory/${encodeURIComponent(id)}?refuse=${refuse}`);
  }

  memorySettings(): Promise<{ paused: boolean }> {
    return this.#json("GET", "/memory/settings");
  }

  pauseMemory(paused: boolean): Promise<{ paused: boolean }> {
    return this.#json("PATCH", "/memory/settings", { paused });
  }

  notificationSettings(): Promise<NotificationSettings> {
    return this.#json("GET", "/notifications/settings");
  }

  updateNotifications(changes: Partial<NotificationSettings>): Promise<NotificationSettings> {
    return this.#json("PATCH", "/notifications/settings", changes);
  }

  async checkIns(): Promise<CheckIn[]> {
    return (await this.#json<{ checkins: CheckIn[] }>("GET", "/checkins")).checkins;
  }

  createCheckIn(wish: CreateCheckIn): Promise<CheckIn> {
    return this.#json("POST", "/checkins", wish);
  }

  async deleteCheckIn(id: string): Promise<void> {
    await this.#call("DELETE", `/checkins/${encodeURIComponent(id)}`);
  }

  async registerDevice(installationId: string, device: RegisterDevice): Promise<void> {
    await this.#call("PUT", `/devices/${encodeURIComponent(installationId)}`, device);
  }

  async removeDevice(installationId: string): Promise<void> {
    await this.#call("DELETE", `/devices/${encodeURIComponent(installationId)}`);
  }

  /** Send this device a notification, and return what came of it. */
  testDevice(installationId: string): Promise<{ outcome: string }> {
    return this.#json("POST", `/devices/${encodeURIComponent(installationId)}/test`);
  }

  /** Tell that a notification was shown or opened here. */
  async ackNotification(id: string, installationId: string, event: "delivered" | "opened"): Promise<void> {
    const body = { installation_id: installationId, event };
    await this.#call("POST", `/notifications/${encodeURIComponent(id)}/ack`, body);
  }

  /** Return all that is known of the person, as JSON text. */
  exported(): Promise<string> {
    return this.#call("GET", "/me/export");
  }

  /** Erase the account and all that is kept of it. */
  erase(): Promise<Receipt> {
    return this.#json("DELETE", "/me");
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    return JSON.parse(await this.#call(method, path, body)) as T;
  }

  async #call(method: string, path: string, body?: unknown): Promise<string> {
    const url = this.#base + path;
    const token = await this.#token({ stale: false });
    try {
      return await request(this.#fetch, url, { method, body, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return request(this.#fetch, url, { method, body, token: await this.#token({ stale: true }) });
    }
  }
}

/** Return the resources of both lists, each way to reach somebody once. */
export function distinct(lines: HelpLine[]): HelpLine[] {
  return [...new Map(lines.map((line) => [line.contact, line])).values()];
}

function parsed(text: string): { code?: string; retryable?: boolean } | null {
  try {
    return JSON.parse(text) as { code?: string; retryable?: boolean };
  } catch {
    return null;
  }
}
