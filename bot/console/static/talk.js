// A conversation's page: older messages, the composer's tools, and what its sheets need to know.
"use strict";

const transcript = document.getElementById("transcript");
const older = document.getElementById("earlier");
const scroller = transcript.closest("[data-follows]");
const composer = document.getElementById("composer");
const suggestions = document.getElementById("suggestions");
const SOON_MS = 2 * 3_600_000; // the 24-hour window is about to close

function changed(part, act) {
  new MutationObserver(act).observe(part, { childList: true });
  act();
}

async function fragment(address, id) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
}

// --- the transcript -----------------------------------------------------------------------
// The page is asked for again from its first message on: whatever came meanwhile is in it,
// however long nobody was connected.

function keepFirst() {
  const first = transcript.querySelector("[data-first]").dataset.first;
  const kept = new URL(body.dataset.fragment || location.href);
  const asked = Number(kept.searchParams.get("from") || first);
  if (Number(first) > asked) older.replaceChildren(); // too much came: what is between is not here
  kept.searchParams.set("from", first);
  if (Number(first)) body.dataset.fragment = kept.href;
  hideRepeatedDays();
}

// What grows below (suggestions, a long reply) shall not cover the last words.
let wasAtEnd = true;
scroller.addEventListener("scroll", () => (wasAtEnd = isAtEnd(scroller)), { passive: true });
new ResizeObserver(() => {
  if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
}).observe(scroller);

function hideRepeatedDays() {
  let last = "";
  scroller.querySelectorAll("[data-day]").forEach((heading) => {
    heading.hidden = heading.dataset.day === last;
    last = heading.dataset.day;
  });
}

// Whether there was a piece to show.
async function showEarlier(button) {
  button.disabled = true;
  try {
    const piece = await fragment(button.dataset.earlier, "earlier-piece");
    const height = scroller.scrollHeight;
    if (older.contains(button)) button.closest(".earlier").remove();
    older.prepend(...piece.childNodes);
    hideRepeatedDays();
    scroller.scrollTop += scroller.scrollHeight - height;
    return true;
  } catch {
    toast(words.not_loaded);
    return false;
  } finally {
    button.disabled = false;
  }
}

// The message that was searched for stays marked, also when the transcript is swapped around it.
function markSought() {
  if (!location.hash.startsWith("#message-")) return null;
  const sought = document.getElementById(location.hash.slice(1));
  sought?.setAttribute("data-sought", "");
  return sought;
}

// It may lie further back than a page shows.
async function seekMessage() {
  const id = Number(location.hash.slice("#message-".length));
  const firstShown = (button) => new URL(button.dataset.earlier, location).searchParams.get("before");
  while (!markSought()) {
    const button = [...scroller.querySelectorAll("[data-earlier]")].find((one) => one.offsetParent);
    if (!button || firstShown(button) < id || !(await showEarlier(button))) return;
  }
  markSought().scrollIntoView({ block: "center" });
}

// --- writing ------------------------------------------------------------------------------

function setMode(mode) {
  composer.dataset.mode = mode;
  composer.querySelectorAll("[data-mode]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  });
}

function writeIn(mode) {
  setMode(mode);
  document.getElementById(mode)?.focus();
}

// As if it were typed, so that the browser can undo it.
function insert(text) {
  const field = document.getElementById("reply");
  if (!field || field.disabled) return;
  setMode("reply");
  field.focus();
  const gap = field.value && field.selectionStart === field.value.length ? "\n\n" : "";
  if (document.execCommand("insertText", false, gap + text)) return;
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function showPreview() {
  const place = composer.querySelector("[data-preview]");
  if (!place) return;
  const shown = composer.hasAttribute("data-previewed");
  composer.querySelector("[data-previews]").setAttribute("aria-expanded", String(shown));
  place.hidden = !shown;
  if (!shown) return;
  const text = document.getElementById("reply").value;
  const told = await askLatest(place, "/console/preview", new URLSearchParams({ text }));
  if (!told) return;
  place.innerHTML = told.parts.map((part) => `<div class="bubble chat">${part}</div>`).join("");
}

function previewSoon() {
  clearTimeout(previewSoon.timer);
  previewSoon.timer = setTimeout(showPreview, 200);
}

function togglePreview() {
  composer.toggleAttribute("data-previewed");
  showPreview();
}

function fillTemplate(form) {
  const values = Object.fromEntries(new FormData(form));
  const text = form.dataset.template.replace(/\{\{(\d+)\}\}/g, (blank, n) => values[`v${n}`] || blank);
  form.querySelector("[data-template-text]").textContent = text;
}

// --- suggestions and canned replies -------------------------------------------------------

let suggestedFor = null;

async function suggest() {
  const seen = document.querySelector("[data-seen]")?.dataset.seen;
  const field = document.getElementById("reply");
  if (!field || field.disabled) {
    suggestions.hidden = true;
    suggestedFor = null;
    return;
  }
  if (suggestedFor === seen) return;
  suggestedFor = seen;
  const asked = fragment(suggestions.dataset.address, "suggestions-piece");
  const piece = await asked.catch(() => null); // an officer can do without
  if (suggestedFor !== seen) return; // more was written meanwhile, or no reply is due any more
  suggestions.replaceChildren(...(piece?.childNodes ?? []));
  suggestions.hidden = !suggestions.querySelector("button");
}

async function useSuggestion(button) {
  if (!button || button.disabled) return;
  button.disabled = true;
  try {
    const wanted = new URLSearchParams({ article: button.dataset.suggests });
    const answer = await post(suggestions.dataset.address, wanted);
    const told = await answer.json();
    if (told.text) insert(told.text);
    else toast(told.refused);
  } catch {
    toast(words.not_loaded);
  }
  button.disabled = false;
}

function searchCanned(field) {
  const wanted = field.value.toLowerCase().split(/\s+/);
  document.querySelectorAll(".canned-list li").forEach((item) => {
    const text = item.textContent.toLowerCase();
    item.hidden = !wanted.every((word) => text.includes(word));
  });
}

// --- marks for the editors -----------------------------------------------------------------

async function showMark(link) {
  const sheet = document.getElementById("mark");
  try {
    const piece = await fragment(link.href, "mark-piece");
    sheet.replaceChildren(...piece.childNodes);
    openSheet("mark");
  } catch {
    toast(words.not_loaded);
  }
}

// --- closing ------------------------------------------------------------------------------

// What the officer has seen when a sheet opens: words that come later refuse the closing.
function rememberSeen() {
  const { seen } = document.querySelector("[data-seen]").dataset;
  document.querySelectorAll("[data-seen-field]").forEach((field) => (field.value = seen));
}

function handBackAtOnce() {
  if (!document.querySelector('[data-opens="hand-back"]')) return;
  rememberSeen();
  openSheet("hand-back"); // a refusal is told there
  document.querySelector("#hand-back form").requestSubmit();
}

function watchWindow() {
  const place = composer.querySelector("[data-window]");
  if (!place) return;
  const left = Date.parse(place.dataset.window) - Date.now() - clockOffset;
  place.toggleAttribute("data-soon", left < SOON_MS);
  if (left < 0) refreshSoon();
}

// --- starting -----------------------------------------------------------------------------

Object.assign(KEYS, {
  n: () => writeIn("note"),
  r: () => writeIn("reply"),
  p: togglePreview,
  "/": () => composer.querySelector('[data-opens="canned"]')?.click(),
  b: () => document.querySelector('[data-opens="hand-back"]')?.click(),
  B: handBackAtOnce,
  i: () => document.querySelector('[data-shows="facts"]')?.click(),
  1: () => useSuggestion(suggestions.querySelectorAll("button")[0]),
  2: () => useSuggestion(suggestions.querySelectorAll("button")[1]),
  3: () => useSuggestion(suggestions.querySelectorAll("button")[2]),
});

document.addEventListener("click", (event) => {
  const at = (name) => event.target.closest(`[data-${name}]`);
  if (at("opens")?.closest(".actions")) rememberSeen();
  if (at("earlier")) showEarlier(at("earlier"));
  if (event.target.closest(".mode")) writeIn(event.target.closest(".mode").dataset.mode);
  if (at("previews")) togglePreview();
  if (at("suggests")) useSuggestion(at("suggests"));
  if (at("mark")) {
    event.preventDefault();
    showMark(at("mark"));
  }
  if (at("inserts")) {
    at("inserts").closest("dialog").close();
    insert(at("inserts").dataset.inserts);
  }
});

document.addEventListener("input", (event) => {
  if (event.target.id === "reply") previewSoon();
  if (event.target.id === "canned-search") searchCanned(event.target);
  const { chooses } = event.target.dataset;
  if (chooses) document.getElementById(chooses).checked = true;
  const template = event.target.closest("[data-template]");
  if (template) {
    template.querySelector("[data-key]").value = ""; // other words are another message
    fillTemplate(template);
  }
});

changed(transcript, () => {
  keepFirst();
  markSought();
});
changed(composer, () => {
  setMode(composer.dataset.mode || "reply");
  composer.querySelectorAll("[data-template]").forEach(fillTemplate);
  showPreview();
  suggest();
});
changed(document.getElementById("facts"), suggest);
setInterval(watchWindow, 1000);
if (location.hash.startsWith("#message-")) seekMessage();
