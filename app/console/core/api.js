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
export async function request(fetch, url, { token, ...options } = {}) {
  const headers = { accept: "application/json", ...options.headers };
  if (token) headers.authorization = `Bearer ${token}`;
  if (options.body) headers["content-type"] = "application/json";
  let response;
  let text;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(url, { ...options, headers, signal });
    text = await response.text();
  } catch {
    throw new ApiError(0, "unreachable", { retryable: true });
  }
  const body = parsed(text);
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

  async #call(method, path, body) {
    const options = { method, body: body && JSON.stringify(body) };
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
