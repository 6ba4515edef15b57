// Things that are remembered, as the server tells of them.

import type { Memory } from "../src/core/resources";

const AT = "2026-11-01T00:00:00Z";

/** Return a memory of which a test says only what matters to it. */
export function memory(id: string, more: Partial<Memory> = {}): Memory {
  return {
    id, kind: "goal", text: id, language: "en", confidence: 0.9, sensitivity: "plain", sharing: "mentors",
    valid_from: AT, created_at: AT, updated_at: AT, sources: [], source_count: 0, ...more,
  };
}
