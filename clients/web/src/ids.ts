// Ids made on this device.

/** Return an id that no other device makes; needs no Web Crypto, which React Native lacks. */
export function newId(prefix: string): string {
  const part = () => Math.random().toString(36).slice(2, 12);
  return prefix + part() + part();
}
