// Calls over plain HTTP: they carry the token and never hang.

const TIMEOUT_MS = 6_000;
const HANGS_AFTER_MS = 2_000;

/** Why a call failed; `status` 0 means that no answer came. */
export class IonError extends Error {
  declare readonly code: string;
  declare readonly status: number;
  declare readonly retryable: boolean;

  constructor(code: string, status = 0, retryable = true) {
    super(code);
    Object.assign(this, { code, status, retryable });
  }
}

/** Return parsed JSON, null of an empty answer; raises IonError. */
export async function call<T>(
  fetcher: typeof fetch, url: string, method: string, body?: unknown, token?: string, withinMs = TIMEOUT_MS,
): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), withinMs);
  let status = 0;
  let answer: any;
  try {
    // what is undefined is left out
    const response = await fetcher(url, { method, headers, signal: control.signal, body: JSON.stringify(body) });
    // what is well and then no JSON, or cut off, is no answer of the server
    status = response.ok ? 0 : response.status;
    answer = JSON.parse((await response.text()) || "null");
    if (!status) return answer;
  } catch {
    // what came was no JSON, or nothing: the status says which
  } finally {
    clearTimeout(timer);
  }
  const { code = status ? "internal" : "unreachable", retryable = !status || status >= 500 } = answer ?? {};
  throw new IonError(code, status, retryable);
}

/** Where something fails with this status do the next thing. */
export function after<T>(asked: Promise<T>, status: number | undefined, next: () => Promise<T>): Promise<T> {
  return asked.catch((error) => {
    if (error.status !== status) throw error;
    return next();
  });
}

/**
 * Renew tokens: what hangs, as a connection of before the device slept does, is asked anew soon, once, and then
 * has its time. Within a minute a refresh token works once more, for who did not get the answer.
 */
export function patiently<T>(ask: (withinMs?: number) => Promise<T>): Promise<T> {
  return after(ask(HANGS_AFTER_MS), 0, ask);
}

/** Return the path of a page of a list. */
export function paged(path: string, limit: number, before?: string): string {
  return `${path}?limit=${limit}${before ? `&before=${encodeURIComponent(before)}` : ""}`;
}
