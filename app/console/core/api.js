// REST calls that carry the token, renew it once when it is refused, and never hang.

const TIMEOUT_MS = 15_000;

/** What a call failed with; `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(status, code, { retryable = false } = {}) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryable = retryable;
  }
}

/** Return parsed JSON, or null of an empty answer; raises ApiError. */
export async function request(fetch, url, { token, withinMs = TIMEOUT_MS, ...options } = {}) {
  const headers = { accept: "application/json", ...options.headers };
  if (token) headers.authorization = `Bearer ${token}`;
  if (options.body) headers["content-type"] = "application/json";
  let response;
  let text;
  try {
    const signal = AbortSignal.timeout(withinMs);
    response = await fetch(url, { ...options, headers, signal });
    text = await response.text();
  } catch {
    throw new ApiError(0, "unreachable", { retryable: true });
  }
  const body = parsed(text);
  // what is no JSON comes from a network that one has to sign in to
  if (response.ok && text && body === null) throw new ApiError(0, "unreachable", { retryable: true });
  if (response.ok) return body;
  throw new ApiError(response.status, body?.code ?? "internal", {
    retryable: body?.retryable ?? response.status >= 500,
  });
}

export class Api {
  #fetch;
  #auth;
  #base;

  constructor({ fetch, auth, base = "/api/v2.1" }) {
    this.#fetch = fetch;
    this.#auth = auth;
    this.#base = base;
  }

  /** Return all that is kept of the person. */
  exported() {
    return this.#call("GET", "/me/export");
  }

  /** Erase the account and all that is kept of it; returns the receipt. */
  eraseAccount() {
    return this.#call("DELETE", "/me");
  }

  /** Return the personas, with names and roles in a language where the server has them. */
  personas(language) {
    const headers = { "accept-language": language };
    return request(this.#fetch, `${this.#base}/personas`, { headers });
  }

  /** Return a page of the sessions list; `before` is the `next` of the page before. */
  sessions({ before = null, limit = 30 } = {}) {
    const query = new URLSearchParams({ limit, ...(before && { before }) });
    return this.#call("GET", `/sessions?${query}`);
  }

  /** Change a session's title or persona. */
  updateSession(id, changes) {
    return this.#call("PATCH", `/sessions/${encodeURIComponent(id)}`, changes);
  }

  /** Delete a session. */
  deleteSession(id) {
    return this.#call("DELETE", `/sessions/${encodeURIComponent(id)}`);
  }

  /** Return a page of a session's messages; `before` is the `before` of the later page. */
  messages(id, { before = null, limit = 50 } = {}) {
    const query = new URLSearchParams({ limit, ...(before && { before }) });
    return this.#call("GET", `/sessions/${encodeURIComponent(id)}/messages?${query}`);
  }

  /** Delete a message with its answer, and what was learned from them. */
  deleteMessage(id, messageId) {
    return this.#call("DELETE", `/sessions/${encodeURIComponent(id)}/messages/${encodeURIComponent(messageId)}`);
  }

  /** Make a private session: nothing of it is remembered. */
  createPrivate() {
    return this.#call("POST", "/sessions", { private: true });
  }

  /** Return a page of what is remembered, of `q` or of some `ids`. */
  memories({ q = "", ids = [], before = null, limit }) {
    const query = new URLSearchParams({ limit, ...(q && { q }), ...(before && { before }) });
    for (const id of ids) query.append("id", id);
    // an answer may have been given with what no longer holds
    if (ids.length) query.append("superseded", "true");
    return this.#call("GET", `/memory?${query}`);
  }

  /** Return one memory with all it is known from. */
  memory(id) {
    return this.#call("GET", `/memory/${encodeURIComponent(id)}`);
  }

  /** Change a memory's text, pin or sharing. */
  updateMemory(id, changes) {
    return this.#call("PATCH", `/memory/${encodeURIComponent(id)}`, changes);
  }

  /** Delete a memory; with `refuse` it is not learned again; `keepalive` outlives the page. */
  forgetMemory(id, { refuse, keepalive }) {
    const path = `/memory/${encodeURIComponent(id)}?refuse=${refuse}`;
    return this.#call("DELETE", path, undefined, { keepalive });
  }

  /** Pause memory, or go on. */
  pauseMemory(paused) {
    return this.#call("PATCH", "/memory/settings", { paused });
  }

  /** Return what the person wants to be told, and when not. */
  notificationSettings() {
    return this.#call("GET", "/notifications/settings");
  }

  /** Change what the person wants to be told; returns all of it. */
  updateNotifications(changes) {
    return this.#call("PATCH", "/notifications/settings", changes);
  }

  /** Return what mentors are going to write of themselves. */
  planned() {
    return this.#call("GET", "/planned");
  }

  /** Have something planned never be written; `keepalive` outlives the page. */
  callOff(id, { keepalive }) {
    return this.#call("DELETE", `/planned/${encodeURIComponent(id)}`, undefined, { keepalive });
  }

  /** Return what the simulated phones show; raises ApiError 404 where phones are real. */
  phones() {
    return this.#call("GET", "/phones");
  }

  /** Take a card away from a simulated phone. */
  dismissCard(id, tag) {
    return this.#call("DELETE", `/phones/${encodeURIComponent(id)}/cards/${encodeURIComponent(tag)}`);
  }

  /** Register a device, or change what is known of it. */
  registerDevice(id, device) {
    return this.#call("PUT", `/devices/${encodeURIComponent(id)}`, device);
  }

  /** Have a device told nothing any more. */
  removeDevice(id) {
    return this.#call("DELETE", `/devices/${encodeURIComponent(id)}`);
  }

  /** Send a device a notification. */
  testDevice(id) {
    return this.#call("POST", `/devices/${encodeURIComponent(id)}/test`);
  }

  /** Tell that a notification was opened on a device. */
  openedNotification(id, installationId) {
    const body = { installation_id: installationId, event: "opened" };
    return this.#call("POST", `/notifications/${encodeURIComponent(id)}/ack`, body);
  }

  async #call(method, path, body, more = {}) {
    const options = { method, body: body && JSON.stringify(body), ...more };
    const url = this.#base + path;
    const token = await this.#auth.token();
    try {
      return await request(this.#fetch, url, { ...options, token });
    } catch (error) {
      if (error.status !== 401) throw error;
      return request(this.#fetch, url, { ...options, token: await this.#auth.token({ stale: true }) });
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
