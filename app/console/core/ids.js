// Ids made on this device.

/** Return a random id; works on plain HTTP, where crypto.randomUUID does not exist. */
export function newId(prefix = "c_") {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `${prefix}${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
