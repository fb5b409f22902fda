// Keeps an open page true. It is told that something changed, asks for the page again through
// the ordinary address, and swaps the parts marked data-live. Texts that people write stay.
"use strict";

const words = JSON.parse(document.documentElement.dataset.words || "{}");
const body = document.body;
const POLL_MS = 10_000;
const POLL_WHILE_TOLD_MS = 60_000;
const SILENCE_MS = 40_000; // the stream beats every 15 s
const GAP_MS = { queue: 1_500, section: 700, board: 2000 };

// --- times --------------------------------------------------------------------------------

let clockOffset = 0; // the server's clock, less ours

function calibrate(now) {
  if (now) clockOffset = Date.parse(now) - Date.now();
}

function say(key, values) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// The same words as bot/console/times.py.
function spoken(seconds) {
  const total = Math.floor(Math.abs(seconds));
  const minutes = Math.floor(total / 60);
  if (total < 60) return say("seconds", { n: total });
  if (total < 3600) return say("minutes", { n: minutes });
  if (total >= 86400) return say("days", { n: Math.floor(total / 86400) });
  const n = Math.floor(minutes / 60);
  const m = minutes % 60;
  return m ? say("hours_minutes", { n, m }) : say("hours", { n });
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tellDeadline(pill, now) {
  const left = (Date.parse(pill.dataset.due) - now) / 1000;
  const urgent = now >= Date.parse(pill.dataset.urgent);
  const mood = left < 0 ? "breached" : urgent ? "urgent" : "calm";
  if (pill.dataset.mood !== mood) pill.dataset.mood = mood;
  setText(pill.querySelector(".mood"), words[mood]);
  setText(pill.querySelector(".left"), say(left > 0 ? "ahead" : "late", { span: spoken(left) }));
}

function tellAge(element, now) {
  const seconds = (Date.parse(element.dateTime) - now) / 1000;
  if (seconds > -60 && seconds <= 0) return setText(element, words.now);
  setText(element, say(seconds > 0 ? "ahead" : "ago", { span: spoken(seconds) }));
}

function tellTimes() {
  const now = Date.now() + clockOffset;
  document.querySelectorAll("[data-due]").forEach((pill) => tellDeadline(pill, now));
  document.querySelectorAll("[data-ago]").forEach((element) => tellAge(element, now));
}

// --- what is live -------------------------------------------------------------------------

const asServed = new Map(); // id -> markup as the server gave it last

function rememberServed() {
  document.querySelectorAll("[data-live]").forEach((part) => asServed.set(part.id, part.innerHTML));
}

function keepFocus(swap) {
  const held = document.activeElement;
  const id = held && held.id;
  const range = held && "selectionStart" in held ? [held.selectionStart, held.selectionEnd] : null;
  swap();
  if (!id || document.activeElement === held) return;
  const again = document.getElementById(id);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (range && again.tagName === "TEXTAREA") again.setSelectionRange(...range);
}

function isAtEnd(part) {
  return part.scrollHeight - part.scrollTop - part.clientHeight < 80;
}

// Texts are kept by name: the new markup has the same field, empty as the server serves it.
function writtenIn(part) {
  const fields = part.querySelectorAll("textarea[id], input[id]:not([type=hidden]), [data-key][id]");
  return [...fields].map((field) => [field.id, field.value]);
}

function swapPart(part, fresh) {
  const scroller = part.closest("[data-follows]");
  const followed = scroller && isAtEnd(scroller);
  const scroll = scroller?.scrollTop;
  const across = part.querySelector(".tabs")?.scrollLeft;
  const opened = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
  const known = new Set([...part.querySelectorAll(".bubble")].map((one) => one.id));
  const written = writtenIn(part);
  const refusals = [...part.querySelectorAll("[data-refusal]:not([hidden])")].map((r) => r.textContent);
  part.innerHTML = fresh;
  if (across) part.querySelector(".tabs").scrollLeft = across;
  opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  written.forEach(([id, value]) => {
    const field = document.getElementById(id);
    if (field && !field.disabled) field.value = value;
  });
  if (refusals.length) keepRefusal(part.querySelector("[data-refusal]"), refusals[0]);
  dress(part);
  if (!scroller) return;
  const arrived = [...part.querySelectorAll(".bubble")].filter((one) => !known.has(one.id));
  arrived.forEach((one) => one.setAttribute("data-new", ""));
  if (followed) scroller.scrollTop = scroller.scrollHeight;
  else {
    scroller.scrollTop = scroll;
    if (arrived.length) offerEnd(scroller);
  }
}

function offerEnd(part) {
  part.querySelector(".below")?.remove();
  const button = document.createElement("button");
  button.className = "button slim below";
  button.type = "button";
  button.textContent = words.new_below;
  button.addEventListener("click", () => {
    part.scrollTop = part.scrollHeight;
    button.remove();
  });
  part.append(button);
}

const TITLE_MARK = /^● \d+ · /; // set in alerts.js

// The page has another title, marked as before.
function retitle(title) {
  const [mark] = TITLE_MARK.exec(document.title) ?? [""];
  document.title = mark + title;
}

function showFresh(markup) {
  const page = new DOMParser().parseFromString(markup, "text/html");
  calibrate(page.body.dataset.now);
  retitle(page.title);
  keepFocus(() => {
    page.querySelectorAll("[data-live]").forEach((fresh) => {
      const part = document.getElementById(fresh.id);
      if (!part || asServed.get(fresh.id) === fresh.innerHTML) return;
      asServed.set(fresh.id, fresh.innerHTML);
      swapPart(part, fresh.innerHTML);
    });
  });
  tellTimes();
}

let asking = false;
let askAgain = false;

async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  const asked = Date.now();
  try {
    await askOnce();
    lastTook = Date.now() - asked;
    tellConnection(stream || !body.dataset.watch ? "live" : "connecting");
  } catch {
    tellConnection("offline");
  }
  asking = false;
  if (askAgain) {
    askAgain = false;
    refreshSoon();
  }
}

async function askOnce() {
  const address = body.dataset.fragment || location.href;
  const answer = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store" });
  if (answer.status === 401) return goTo((await answer.json()).goto);
  if (answer.status === 404) return isLeaving() || goTo("/console/");
  if (!answer.ok) throw new Error(String(answer.status));
  // An address that now leads elsewhere (a conversation got a ticket) answers with where.
  if (answer.headers.get("content-type").startsWith("application/json")) {
    const elsewhere = (await answer.json()).goto;
    return isLeaving() || goTo(elsewhere);
  }
  showFresh(await answer.text());
}

let soon = 0;
let lastAsked = 0;
let lastTook = 0; // ms; a server that is slow is asked less

function refreshSoon() {
  if (soon) return;
  const gap = Math.max(GAP_MS[body.dataset.watch] || 250, Math.min(2 * lastTook, POLL_MS));
  const wait = Math.max(60, lastAsked + gap - Date.now());
  soon = setTimeout(() => {
    soon = 0;
    lastAsked = Date.now();
    refresh();
  }, wait);
}

// --- being told ---------------------------------------------------------------------------

let stream = null;
let lastHeard = 0;

function concerns(change) {
  const [kind, id] = (body.dataset.watch || "").split(":");
  return kind && (change.all || kind !== "conversation" || String(change.conversation) === id);
}

// A hidden page gives its connection back: browsers allow six a server, pages are opened freely.
function listen() {
  if (document.hidden || !body.dataset.watch || stream) return;
  const watch = encodeURIComponent(body.dataset.watch);
  const opened = new EventSource(`/console/events?watch=${watch}`);
  stream = opened;
  lastHeard = Date.now();
  const heard = () => (lastHeard = Date.now());
  opened.addEventListener("open", () => {
    heard();
    document.dispatchEvent(new CustomEvent("maraga:stream-open"));
    refreshSoon(); // whatever happened while nobody listened
  });
  opened.addEventListener("beat", heard);
  opened.addEventListener("presence", (event) => {
    heard();
    document.dispatchEvent(new CustomEvent("maraga:presence", { detail: JSON.parse(event.data) }));
  });
  opened.addEventListener("message", (event) => {
    heard();
    if (concerns(JSON.parse(event.data))) refreshSoon();
  });
  opened.addEventListener("error", () => {
    tellConnection(navigator.onLine ? "connecting" : "offline");
    if (opened.readyState === EventSource.CLOSED) hangUp();
  });
}

function hangUp() {
  stream?.close();
  stream = null;
}

function tellConnection(state) {
  const place = document.getElementById("live");
  if (!place || place.dataset.state === state) return;
  place.dataset.state = state;
  setText(place.querySelector(".live-word"), words[state]);
}

function watchOver() {
  if (!body.dataset.watch) return;
  const told = stream && stream.readyState === EventSource.OPEN;
  if (stream && Date.now() - lastHeard > SILENCE_MS) hangUp();
  if (!stream) listen();
  if (Date.now() - lastAsked > (told ? POLL_WHILE_TOLD_MS : POLL_MS)) refreshSoon();
}

// --- sending ------------------------------------------------------------------------------

// What a script asks for by itself.
function post(address, data) {
  data.set("csrf", body.dataset.csrf);
  return fetch(address, { method: "POST", headers: { "X-Console": "1" }, body: data });
}

const askedLast = new WeakMap(); // place -> the last question for it

// What the server says to the last of the questions asked for a place. To those before, however
// late it answers, and while it can't be reached: null.
async function askLatest(place, address, data) {
  const mine = Symbol();
  askedLast.set(place, mine);
  try {
    const answer = await post(address, data);
    const told = answer.ok ? await answer.json() : null;
    return askedLast.get(place) === mine ? told : null;
  } catch {
    return null;
  }
}

let leaving = false;

function goTo(address) {
  if (new URL(address, location.href).pathname === location.pathname) return refresh();
  leaving = true;
  location.assign(address);
}

// What a form took away (a draft that was published) is gone before its answer says where to go.
function isLeaving() {
  return leaving || document.querySelector("form[data-busy]") !== null;
}

function tellRefusal(place, sentence) {
  place.textContent = sentence;
  place.hidden = !sentence;
}

// The form that was refused may be gone with what made it possible.
function keepRefusal(place, sentence) {
  if (place) tellRefusal(place, sentence);
  else toast(sentence);
}

function toast(sentence) {
  const place = document.getElementById("toast");
  place.textContent = sentence;
  place.hidden = false;
  // Where something is written, or may be, it is told above that.
  const composer = document.querySelector(".composer");
  const above = composer ? innerHeight - composer.getBoundingClientRect().top : 0;
  place.style.bottom = above > 0 ? `calc(${above}px + var(--s3))` : "";
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (place.hidden = true), 6000);
}

function refuse(form, sentence) {
  keepRefusal(form.isConnected && form.querySelector("[data-refusal]"), sentence);
}

async function send(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  submitter?.setAttribute("aria-busy", "true");
  const key = form.querySelector("[data-key]");
  if (key && !key.value) key.value = crypto.getRandomValues(new Uint32Array(4)).join("-");
  if (form.dataset.draft) keepDraft(form);
  const data = new FormData(form);
  const sentKey = key?.value;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "X-Console": "1" },
      body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data),
    });
    const told = await answer.json();
    if (answer.status === 401) return location.assign(told.goto); // the draft waits
    takeAnswer(onPage(form), told, sentKey);
  } catch {
    refuse(onPage(form), words.not_sent);
  }
  delete form.dataset.busy;
  submitter?.removeAttribute("aria-busy");
}

// The form as it is on the page now: files take long to send, and parts are swapped meanwhile.
function onPage(form) {
  const again = form.dataset.draft && `form[data-draft="${form.dataset.draft}"]`;
  return (!form.isConnected && again && document.querySelector(again)) || form;
}

function takeAnswer(form, answer, sentKey) {
  if (!answer.goto) {
    refuse(form, answer.refused || words.not_sent);
    refresh();
    return;
  }
  tellRefusalGone(form);
  form.closest("dialog")?.close();
  form.dispatchEvent(new CustomEvent("maraga:sent", { bubbles: true }));
  const key = form.querySelector("[data-key]");
  if (!key || key.value === sentKey) {
    forgetDraft(form); // what was written while it was sent stays
    if (form.hasAttribute("data-draft") || form.hasAttribute("data-once")) emptyForm(form);
  }
  goTo(answer.goto);
}

function tellRefusalGone(form) {
  const place = form.querySelector("[data-refusal]");
  if (place) tellRefusal(place, "");
}

function emptyForm(form) {
  form.reset();
  const key = form.querySelector("[data-key]");
  if (key) key.value = "";
  const field = form.querySelector("textarea");
  if (field && form.hasAttribute("data-draft")) {
    field.value = "";
    tellLength(field);
    const transcript = document.querySelector("[data-follows]");
    if (transcript) transcript.scrollTop = transcript.scrollHeight;
  }
}

// --- drafts -------------------------------------------------------------------------------
// The draft keeps the key it will be sent under, so that trying again after a lost answer
// can't send it twice. A changed text is another message and gets another key.

const DRAFTS = "maraga-draft:";

function draftName(form) {
  return `${DRAFTS}${body.dataset.person}:${form.dataset.draft}`;
}

function keepDraft(form) {
  const text = form.querySelector("textarea").value;
  const key = form.querySelector("[data-key]")?.value || "";
  try {
    if (text) localStorage.setItem(draftName(form), JSON.stringify({ text, key }));
    else localStorage.removeItem(draftName(form));
  } catch {
    // A browser that keeps nothing: the text stays in its field.
  }
}

function forgetDraft(form) {
  if (form.dataset.draft) localStorage.removeItem(draftName(form));
}

function bringBackDraft(form) {
  const field = form.querySelector("textarea");
  if (field.value) return;
  try {
    const kept = JSON.parse(localStorage.getItem(draftName(form)) || "null");
    if (!kept) return;
    field.value = kept.text;
    const key = form.querySelector("[data-key]");
    if (key) key.value = kept.key;
  } catch {
    // An unreadable draft is no draft.
  }
}

function forgetAllDrafts() {
  Object.keys(localStorage)
    .filter((name) => name.startsWith(DRAFTS))
    .forEach((name) => localStorage.removeItem(name));
}

// --- writing ------------------------------------------------------------------------------

function tellLength(field) {
  const form = field.form;
  const place = form.querySelector("[data-left]");
  if (!place) return;
  const limit = Number(field.dataset.limit);
  const length = field.value.trim().length; // UTF-16 units, as WhatsApp's side counts
  setText(place, length && length <= limit ? say("left", { n: limit - length }) : "");
  const parts = form.querySelector("[data-parts]");
  parts.hidden = length <= limit;
  clearTimeout(tellLength.timer);
  if (length > limit) tellLength.timer = setTimeout(() => showParts(form, place, parts), 250);
  else askedLast.delete(parts); // of what was longer nothing shall be told
}

async function showParts(form, place, list) {
  const told = await askLatest(list, "/console/parts", new URLSearchParams(new FormData(form)));
  if (!told) return;
  setText(place, say("parts", { n: told.parts.length }));
  list.replaceChildren(
    ...told.parts.map((part) => {
      const item = document.createElement("li");
      const short = part.length > 140;
      item.textContent = short ? `${part.slice(0, 60)} … ${part.slice(-60)}` : part;
      return item;
    }),
  );
}

function useAsDraft(id) {
  const field = document.getElementById("reply");
  if (!field) return;
  const text = document.getElementById(id).textContent;
  if (!field.value.includes(text)) {
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  showPanel(document.getElementById("facts"), false);
  field.focus();
}

const hasThumbs = matchMedia("(pointer: coarse)").matches;

function sendsOnEnter(event) {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || !hasThumbs;
}

// --- panels and sheets --------------------------------------------------------------------

function openSheet(id) {
  const sheet = document.getElementById(id);
  if (!sheet || sheet.open) return;
  const question = sheet.querySelector("[data-prefill-question]");
  const latest = document.querySelector("[data-last-question]");
  if (question && latest && question.value === question.defaultValue) {
    question.value = question.defaultValue = latest.textContent;
  }
  sheet.showModal();
}

function showPanel(panel, shown) {
  panel.toggleAttribute("data-shown", shown);
  document
    .querySelectorAll(`[data-shows="${panel.id}"]`)
    .forEach((button) => button.setAttribute("aria-expanded", String(shown)));
}

// --- keys ---------------------------------------------------------------------------------

function isWriting(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function moveInRows(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => moveInRows(1),
  k: () => moveInRows(-1),
  t: () => document.querySelector("[data-take] button")?.click(),
  r: () => document.getElementById("reply")?.focus(),
  s: () => document.querySelector('[data-opens="consult"]')?.click(),
  c: () => document.querySelector('[data-opens="close"]')?.click(),
  u: () => document.querySelector("[data-back]")?.click(),
  "?": () => openSheet("help"),
};

function takeKey(event) {
  const sending = event.target.closest("[data-draft] textarea");
  if (sending && event.target.form.querySelector(".send") && sendsOnEnter(event)) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey && event.key === "Enter" && event.target.form?.hasAttribute("data-send")) {
    event.target.form.requestSubmit();
    return;
  }
  if (isWriting(event.target)) {
    if (event.key === "Escape" && event.target.id === "reply") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return closeLoose();
  const arrows = event.target.matches("[data-row], body, main") ? { ArrowDown: "j", ArrowUp: "k" } : {};
  const act = KEYS[arrows[event.key] || event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function closeLoose() {
  document.querySelectorAll(".menu[open]").forEach((menu) => menu.removeAttribute("open"));
  document.querySelectorAll("[data-shown]").forEach((panel) => showPanel(panel, false));
}

// --- starting -----------------------------------------------------------------------------

// What a part needs after it was put on the page.
function dress(part) {
  part.querySelectorAll("form[data-draft]").forEach((form) => {
    bringBackDraft(form);
    tellLength(form.querySelector("textarea"));
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-leaves")) forgetAllDrafts();
  if (!form.hasAttribute("data-send")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  const key = form.querySelector("[data-key]");
  if (key) key.value = "";
  keepDraft(form);
  tellLength(form.querySelector("textarea"));
});

document.addEventListener("click", (event) => {
  const at = (name) => event.target.closest(`[data-${name}]`);
  if (at("opens")) openSheet(at("opens").dataset.opens);
  if (at("closes")?.closest("dialog")) {
    event.preventDefault(); // of what leads back where no sheet is around it
    at("closes").closest("dialog").close();
  }
  if (at("use-draft")) useAsDraft(at("use-draft").dataset.useDraft);
  if (at("shows")) {
    const panel = document.getElementById(at("shows").dataset.shows);
    showPanel(panel, !panel.hasAttribute("data-shown"));
  }
  if (event.target.matches("dialog")) event.target.close();
  const menu = event.target.closest(".menu");
  document.querySelectorAll(".menu[open]").forEach((one) => one !== menu && one.removeAttribute("open"));
});

document.addEventListener("keydown", takeKey);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) hangUp();
  else {
    refreshSoon();
    listen();
  }
});

addEventListener("online", refreshSoon);
addEventListener("offline", () => tellConnection("offline"));
addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) refreshSoon();
});

calibrate(body.dataset.now);
rememberServed();
dress(document);
document.querySelectorAll(":is(.places, .tabs) [aria-current]").forEach((here) => {
  here.scrollIntoView({ inline: "center", block: "nearest" });
});
document.querySelectorAll("[data-follows]").forEach((part) => (part.scrollTop = part.scrollHeight));
tellTimes();
setInterval(tellTimes, 1000);
setInterval(watchOver, 2000);
lastAsked = Date.now();
listen();
