// Talks to POST /agui with AG-UI's own client: node talk.mjs URL TOKEN THREAD TEXT…
import { HttpAgent } from "@ag-ui/client";

const [url, token, threadId, ...texts] = process.argv.slice(2);
const agent = new HttpAgent({ url, threadId, headers: { authorization: `Bearer ${token}` } });
const runs = [];
for (const [place, content] of texts.entries()) {
  const told = [];
  agent.addMessage({ id: `u${place}`, role: "user", content });
  try {
    const { result } = await agent.runAgent(
      { runId: `${threadId}-${place}` },
      { onEvent: ({ event }) => void told.push(event.type) },
    );
    runs.push({ told, result });
  } catch (error) {
    runs.push({ told, error: error.message });
  }
}
console.log(JSON.stringify({ runs, messages: agent.messages }));
