// Photographs of the widget on somebody's page: npm run screenshots:widget -- OUTDIR

import { mkdir, readFile } from "node:fs/promises";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type {} from "../src/widget/launcher/index";
import { startProduct } from "../soak/product.mjs";
import { startSite } from "./site";
import { type Widget, startBrowser, visit } from "./widget";

const DESK = { viewport: { width: 1180, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const ARABIC = {
  title: "تحدّث مع مرشد", subtitle: "يجيبك المرشد الأنسب لسؤالك", hello: "ما الذي قد يساعدك اليوم؟",
  helloText: "اكتب كما يخطر لك، وسيجيبك من يناسب سؤالك.", placeholder: "ما الذي يشغل بالك؟",
  starters: ["لا أستطيع التوقف عن التفكير في العمل.", "ساعدني في التخطيط لأسبوعي القادم.", "هل أبقى في وظيفتي أم أبحث عن أخرى؟"],
  aiNote: "أنت تتحدث مع مرشدين من الذكاء الاصطناعي، لا مع بشر.", queued: "في انتظار الإرسال",
  offline: "أنت غير متصل. سيُرسل ما تكتبه عند عودة الاتصال.", toBottom: "أحدث رسالة",
  newChat: "محادثة جديدة", list: "المحادثات", listBack: "العودة إلى المحادثة",
};
const ENGLISH_TALK = ["I can't switch off after work. Even on the train home I keep going through my list.", "Okay, how do I plan next week so that I leave on time twice?"];
const KOREAN_TALK = ["퇴근해도 머리가 쉬질 않아요. 집에 가는 길에도 할 일만 생각나요.", "그럼 다음 주에 두 번은 제시간에 퇴근하려면 어떻게 계획할까요?"];
const ARABIC_TALK = ["لا أستطيع التوقف عن التفكير في العمل بعد الدوام."];

interface Scene {
  name: string;
  query: string;
  options: BrowserContextOptions;
  talk: readonly string[];
}

const SCENES: Scene[] = [
  { name: "desk-light", query: "?", options: DESK, talk: ENGLISH_TALK },
  { name: "desk-dark", query: "?", options: { ...DESK, colorScheme: "dark" }, talk: ENGLISH_TALK },
  { name: "desk-ko", query: "?lang=ko", options: { ...DESK, locale: "ko-KR" }, talk: KOREAN_TALK },
  { name: "desk-rtl", query: "?lang=ar&dir=rtl", options: { ...DESK, locale: "ar" }, talk: ARABIC_TALK },
  { name: "phone-light", query: "?", options: PHONE, talk: ENGLISH_TALK },
  { name: "phone-dark-ko", query: "?lang=ko&theme=dark", options: { ...PHONE, locale: "ko-KR" }, talk: KOREAN_TALK },
];

async function main(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const known = process.env.ION_URL;
  const product = known ? { url: known, stop: async () => {} } : await startProduct({ ION_LLM: "offline" });
  const site = await startSite(product.url);
  const browser = await startBrowser();
  try {
    for (const { name, query, options, talk } of SCENES) {
      const widget = await visit(browser, `${site.url}/${query}`, options);
      await photograph(widget, `${outdir}/${name}`, talk);
      await widget.page.context().close();
    }
    const widget = await visit(browser, `${site.url}/?`, DESK);
    await inTrouble(widget, `${outdir}/desk`);
    await poster(browser, outdir);
  } finally {
    await browser.close();
    await site.stop();
    await product.stop();
  }
}

async function photograph(widget: Widget, path: string, talk: readonly string[]): Promise<void> {
  const { page } = widget;
  await page.evaluate((words) => window.IonChat.words("ar", words), ARABIC);
  await page.screenshot({ path: `${path}-launcher.png` });
  await widget.open();
  await page.locator("ion-chat .faces li").first().waitFor();
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${path}-welcome.png` });
  for (const text of talk) await widget.ask(text);
  await widget.say(talk[0] ?? "");
  await page.locator("ion-chat .answer[aria-busy] .prose > *").first().waitFor();
  await page.screenshot({ path: `${path}-talk.png` });
  await begin(page);
  await widget.ask(talk.at(-1) ?? "");
  await toList(page);
  await page.screenshot({ path: `${path}-list.png` });
}

const begin = (page: Page): Promise<void> => page.locator("ion-chat .head > button:nth-last-child(2)").click();

async function toList(page: Page): Promise<void> {
  await page.locator("ion-chat .head > button").first().click();
  await page.locator("ion-chat .row").nth(1).waitFor();
  // one has been left in the middle of its answer
  await page.waitForTimeout(400);
}

async function inTrouble(widget: Widget, path: string): Promise<void> {
  const { page } = widget;
  await widget.open();
  await widget.ask("I don't want to live any more. I have thought about how to end it.");
  await page.waitForTimeout(300);
  await page.locator("ion-chat .safety").scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${path}-safety.png` });
  await page.context().setOffline(true);
  await widget.say("Are you still there?");
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${path}-offline.png` });
}

/** Put three panels beside each other, as docs/img/widget.png shows them. */
async function poster(browser: Browser, outdir: string): Promise<void> {
  const [width, height] = [440, 770];
  const crops = await Promise.all(["desk-light-talk", "desk-ko-welcome", "desk-dark-talk"].map(async (name) => {
    const image = (await readFile(`${outdir}/${name}.png`)).toString("base64");
    return `<div style="background: url(data:image/png;base64,${image}) -740px -30px"></div>`;
  }));
  const page = await browser.newPage({ viewport: { width: width * crops.length, height } });
  await page.setContent(`<style>body { display: flex; margin: 0 } div { width: ${width}px; height: ${height}px }</style>${crops.join("")}`);
  await page.screenshot({ path: `${outdir}/widget.png` });
}

await main(process.argv[2] ?? "screenshots");
