// The tests of HTML reports in a browser: see `run`.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [root, task] = process.argv.slice(2);
// A name without a place to break, as the paths of some inputs are.
const folder = join(root, `target/browser/reports/${"of_a_week_".repeat(8)}`);
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A week of queues, with half hours from 8 to 20 o'clock. */
function week(queues, days = 7) {
  let state = queues * 7919 + days;
  const random = (limit) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * limit);
  };
  const results = [];
  for (let queue = 0; queue < queues; queue++) {
    const data = [];
    const size = 4 + random(24);
    for (let half = 0; half < days * 48; half++) {
      const start = new Date(Date.UTC(2026, 2, 2) + half * 1800e3);
      const hour = start.getUTCHours();
      if (hour < 8 || hour >= 20 || start.getUTCDay() === 0) continue;
      const end = new Date(start.getTime() + 1800e3);
      const offered = 1 + random(size) + (hour < 12 ? size : size / 2) | 0;
      const abandoned = random(Math.ceil(offered / 6));
      const answered = offered - abandoned;
      const held = Math.ceil(answered / 5);
      const talk = answered * (180000 + random(120000));
      const hold = held * (20000 + random(60000));
      const acw = answered * (20000 + random(40000));
      const timer = (metric, count, sum) => ({ metric, stats: { count, sum } });
      data.push({
        interval: `${start.toISOString()}/${end.toISOString()}`,
        metrics: [
          { metric: "nOffered", stats: { count: offered } },
          timer("tAnswered", answered, answered * (8000 + random(12000))),
          timer("tAbandon", abandoned, abandoned * 30000),
          timer("tHandle", answered, talk + hold + acw + (queue % 3 ? 0 : answered * 9000)),
          timer("tTalkComplete", answered, talk),
          timer("tHeldComplete", held, hold),
          timer("tAcw", answered, acw),
          {
            metric: "oServiceLevel",
            stats: { numerator: Math.floor(offered * (0.7 + random(25) / 100)), denominator: offered, target: 0.8 },
          },
        ],
      });
    }
    const media = queue % 4 ? "voice" : "chat";
    results.push({ group: { mediaType: media, queueId: `Queue ${String(queue + 1).padStart(3, "0")}` }, data });
  }
  return JSON.stringify({ results });
}

function report(name, document, more = []) {
  const input = join(folder, `${name}.json`);
  if (document) writeFileSync(input, document);
  const output = join(folder, `${name}.html`);
  const inputs = document ? [input] : [];
  execFileSync(join(root, "target/debug/gcagg"), [
    "report", "-q", ...inputs, ...more, "--timezone", "Europe/Berlin", "-o", output,
  ]);
  assert.ok(statSync(output).size <= 1_500_000, `${name}: ${statSync(output).size} bytes`);
  return pathToFileURL(output).href;
}

const browser = await puppeteer.launch({
  executablePath: process.env.GCAGG_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});

async function open(url, { width = 1200, scheme = "light" } = {}) {
  const page = await browser.newPage();
  const messages = [];
  const requests = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url, { waitUntil: "load" });
  return { page, messages, requests };
}

const names = (page) =>
  page.$$eval("#groups .rows tr", (rows) => rows.filter((row) => row.getClientRects().length > 0).map((row) => `${row.cells[0].textContent} ${row.cells[1].textContent}`));

/** Sorting and filtering, by mouse and by keyboard. */
async function operate(page) {
  const before = await names(page);
  await page.click("#groups thead th:nth-child(1) .sort");
  const sorted = await names(page);
  assert.deepEqual(sorted, [...before].sort(), "sorted by name");
  await page.click("#groups thead th:nth-child(3) .sort");
  const volumes = () =>
    page.$$eval("#groups .rows td:nth-child(3)", (cells) => cells.filter((cell) => cell.getClientRects().length > 0).map((cell) => Number(cell.dataset.v)));
  let values = await volumes();
  assert.deepEqual(values, [...values].sort((a, b) => b - a), "the greatest first");
  await page.focus("#groups thead th:nth-child(3) .sort");
  await page.keyboard.press("Enter");
  values = await volumes();
  assert.deepEqual(values, [...values].sort((a, b) => a - b), "the least first");
  const sort = await page.$eval("#groups thead th:nth-child(3)", (head) => head.getAttribute("aria-sort"));
  assert.equal(sort, "ascending");
  await page.focus("#filter");
  // Rows are those of the media type of the switch.
  assert.ok(before.every((name) => name.trim().endsWith("Voice")), before.join("; "));
  await page.keyboard.type("queue 002");
  const filtered = await names(page);
  assert.ok(filtered.length > 0 && filtered.length < before.length, `${filtered.length} of ${before.length}`);
  assert.ok(filtered.some((name) => name.startsWith("Queue 002")), filtered[0]);
  const status = await page.$eval("#count", (count) => count.textContent);
  assert.ok(status.startsWith(`${filtered.length} of ${before.length}`), status);
  await page.$eval("#filter", (input) => {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
  assert.equal((await names(page)).length, before.length);
}

/** Nothing stands out to the right, in the reader's own font and in one with letters as wide as any. */
async function fits(page, where) {
  for (const font of ["", "monospace"]) {
    const wide = await page.evaluate((font) => {
      document.body.style.fontFamily = font;
      const wide = document.documentElement.scrollWidth - innerWidth;
      document.body.style.fontFamily = "";
      return wide;
    }, font);
    assert.ok(wide <= 0, `${where}: ${wide} pixels too wide ${font && `in ${font}`}`);
  }
}

async function violations(page) {
  await page.setBypassCSP(true);
  await page.reload({ waitUntil: "load" });
  await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map((it) => `${it.id}: ${it.nodes.length} × ${it.nodes[0].html.slice(0, 120)}`);
  });
  return found;
}

try {
  if (task === "picture") {
    const { page } = await open(report("twelve", week(12)), { width: 960 });
    await page.setViewport({ width: 960, height: 780 });
    const path = join(root, "docs/report.png");
    await page.screenshot({ path });
    console.log(`docs/report.png: ${statSync(path).size} bytes`);
  } else {
    const sample = (name) => join(root, "samples", name);
    const pages = {
      one: report("one", week(1, 1)),
      twelve: report("twelve", week(12)),
      many: report("many", week(500)),
      compared: report("compared", week(12), ["--compare", join(folder, "one.json")]),
      users: report("users", null, [sample("user-presence.json")]),
      summary: report("summary", null, [sample("summary-grouped.json")]),
      bots: report("bots", null, [sample("bot.json")]),
    };
    for (const [name, url] of Object.entries(pages)) {
      for (const scheme of ["light", "dark"]) {
        for (const width of [400, 1200]) {
          const { page, messages, requests } = await open(url, { width, scheme });
          if (name === "twelve" || name === "many") await operate(page);
          assert.deepEqual(requests, [url], `${name}: requests`);
          assert.deepEqual(messages, [], `${name}: messages`);
          await fits(page, `${name} at ${width}`);
          await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), fullPage: name !== "many" });
          // The table of 500 groups takes long, and has the same cells in every scheme and width.
          if (name !== "many" || (scheme === "light" && width === 1200)) assert.deepEqual(await violations(page), [], `${name} ${scheme} ${width}`);
          await page.close();
        }
      }
      const { page } = await open(url);
      assert.equal(await page.$("thead button"), null, `${name}: Chromium does not print buttons in repeated heads`);
      const pdf = await page.pdf({ path: join(folder, `${name}.pdf`), format: "A4", timeout: 0 });
      assert.ok(pdf.length > 5000, `${name}: PDF`);
      await page.close();
      console.log(`${name}: ok`);
    }
  }
} finally {
  await browser.close();
}
