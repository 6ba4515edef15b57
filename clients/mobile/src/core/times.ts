// Times of day as settings write them: HH:MM.

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DAY_MINUTES = 24 * 60;

/** Return whether a text is a time of day. */
export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** Return a time some minutes later or, below zero, earlier; what is no time becomes 09:00. */
export function laterTime(time: string, minutes: number): string {
  if (!isTime(time)) return "09:00";
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const all = (((hour * 60 + minute + minutes) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return [Math.floor(all / 60), all % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
