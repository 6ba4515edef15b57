// Calls over plain HTTP: they carry the token, renew it once when it is refused, and never hang.

const TIMEOUT_MS = 10_000;

/** Why a call failed; `status` 0 means that no answer came. */
export class IonError extends Error {
  constructor(
    readonly code: string,
    readonly status = 0,
    readonly retryable = true,
  ) {
    super(code);
  }
}

/** Return parsed JSON, null of an empty answer; raises IonError. */
export async function call<T>(
  fetcher: typeof fetch, url: string, method: string, body?: unknown, token?: string,
): Promise<T> {
  const headers: Record<string, string> = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), TIMEOUT_MS);
  let status = 0;
  let answer: any = null;
  try {
    const options = { method, headers, signal: control.signal };
    const response = await fetcher(url, body ? { ...options, body: JSON.stringify(body) } : options);
    status = response.status;
    answer = JSON.parse((await response.text()) || "null");
  } catch {
    // what came was no JSON, or nothing: the status says which
  } finally {
    clearTimeout(timer);
  }
  if (status >= 200 && status < 300) return answer;
  const code = answer?.code ?? (status ? "internal" : "unreachable");
  throw new IonError(code, status, answer?.retryable ?? (!status || status >= 500));
}
