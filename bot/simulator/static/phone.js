// The phone: shows what is new every 400 ms while it is looked at, and sends in order.
"use strict";

const POLL_MS = 400;
const POLL_HIDDEN_MS = 3000;
const PATIENCE_MS = 8000;
const NEAR_END_PX = 120;

const page = document.body;
const path = page.dataset.path;
const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const list = byId("messages");
const text = byId("text");
const shown = new Map(); // sid -> the HTML that is on the page
let since = "";
let unseen = 0;
let lastTold = "";

async function ask(address, facts) {
  const options = { signal: AbortSignal.timeout(PATIENCE_MS) };
  if (facts) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(facts);
  }
  const response = await fetch(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

class Refused extends Error {}

// --- the chat ---------------------------------------------------------------------------------

function atEnd() {
  return chat.scrollHeight - chat.scrollTop - chat.clientHeight < NEAR_END_PX;
}

function toEnd() {
  chat.scrollTop = chat.scrollHeight;
  unseen = 0;
  showUnseen();
}

function showUnseen() {
  const button = byId("to-end");
  button.hidden = atEnd();
  button.querySelector(".count").textContent = unseen ? String(unseen) : "";
}

function show(messages) {
  if (!messages.length) return;
  const followed = atEnd() || !shown.size;
  const before = shown.size;
  let arrived = 0;
  for (const message of messages) {
    if (shown.get(message.sid) === message.html) continue;
    if (place(message)) arrived += 1;
    shown.set(message.sid, message.html);
  }
  if (followed) toEnd();
  else if (before) unseen += arrived;
  showUnseen();
}

// Puts a message where its number in the conversation says; true if it is one of theirs and new.
function place(message) {
  const known = byId(message.sid);
  const item = known || document.createElement("li");
  const open = known && known.querySelector(".unfold[hidden]");
  item.innerHTML = message.html; // escaped and built by the server
  const own = item.querySelector(".bubble").classList.contains("own");
  item.classList.toggle("own", own);
  if (open) unfold(item.querySelector(".unfold"));
  if (known) return false;
  item.id = message.sid;
  item.dataset.day = message.day;
  item.dataset.order = message.order;
  let after = list.lastElementChild;
  while (after && (after.dataset.day > message.day || Number(after.dataset.order) > message.order)) {
    after = after.previousElementSibling;
  }
  if (!list.querySelector(`.day[data-day="${message.day}"]`)) after = placeDay(message, after);
  if (after) after.after(item);
  else list.prepend(item);
  return !own;
}

function placeDay(message, after) {
  const day = document.createElement("li");
  day.className = "day";
  day.dataset.day = message.day;
  const label = document.createElement("span");
  label.textContent = message.day_label;
  day.append(label);
  if (after) after.after(day);
  else list.prepend(day);
  return day;
}

function unfold(button) {
  button.closest(".bubble").classList.remove("folded");
  button.hidden = true;
}

// --- what is new ------------------------------------------------------------------------------

async function look() {
  try {
    const query = since ? `?since=${encodeURIComponent(since)}` : "";
    const news = await ask(`${path}/messages${query}`);
    since = news.since;
    show(news.messages);
    byId("empty").hidden = shown.size > 0;
    showTraffic(news.traffic);
    showNetwork(news.network);
    online(true);
  } catch {
    online(false);
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, document.hidden ? POLL_HIDDEN_MS : POLL_MS);
}

function online(reached) {
  const line = document.querySelector(".offline");
  line.hidden = reached;
  line.textContent = reached ? "" : page.dataset.offline;
}

function showTraffic(passages) {
  const told = JSON.stringify(passages);
  if (told === lastTold) return;
  lastTold = told;
  const rows = passages.map((passage) => {
    const row = document.createElement("li");
    row.append(part("when", passage.time), trafficName(passage), part(`answer ${passage.state}`, passage.answer));
    return row;
  });
  if (!rows.length) rows.push(part("", page.dataset.trafficEmpty));
  byId("traffic").replaceChildren(...rows);
}

function trafficName(passage) {
  const name = part("what", passage.what);
  const arrow = part("arrow", passage.inward ? "→" : "←");
  arrow.setAttribute("aria-hidden", "true");
  name.prepend(arrow);
  return name;
}

function part(className, words) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = words;
  return element;
}

// --- sending ----------------------------------------------------------------------------------

let lastSending = Promise.resolve();

// One after another, so that a burst keeps its order. True once the server has it.
function send(facts) {
  const sending = lastSending.then(() => post(facts));
  lastSending = sending;
  return sending;
}

async function post(facts) {
  try {
    const message = await ask(`${path}/messages`, facts);
    byId("empty").hidden = true;
    byId("send-error").hidden = true;
    if (!shown.has(message.sid)) show([message]);
    toEnd();
    return true;
  } catch (error) {
    sendError(error instanceof Refused ? error.message : page.dataset.notSent);
    return false;
  }
}

function sendError(words) {
  byId("send-error").textContent = words;
  byId("send-error").hidden = false;
}

async function sendComposed() {
  const written = text.value;
  if (!written.trim()) return;
  text.value = "";
  fit();
  // What could not be handed over goes back into the box, unless something new is there.
  if (!(await send({ kind: "text", text: written })) && !text.value) {
    text.value = written;
    fit();
  }
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function sendAttachment(kind) {
  const written = text.value;
  const captioned = kind === "picture-captioned";
  if (kind === "burst") {
    for (const line of (written || page.dataset.sampleBurst).split("\n")) {
      if (line.trim()) send({ kind: "text", text: line });
    }
  } else if (captioned) {
    send({ kind: "picture", text: written || page.dataset.sampleCaption });
  } else if (kind === "reaction") {
    send({ kind, replied_to: lastOfTheirs() });
  } else {
    send({ kind });
  }
  if (kind === "burst" || captioned) {
    text.value = "";
    fit();
  }
}

function lastOfTheirs() {
  const theirs = list.querySelectorAll(":scope > li:not(.own):not(.day)");
  return theirs.length ? theirs[theirs.length - 1].id : "";
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendComposed();
  text.focus();
});

text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendComposed();
  }
});

chat.addEventListener("scroll", () => {
  if (atEnd()) unseen = 0;
  showUnseen();
}, { passive: true });
byId("to-end").addEventListener("click", toEnd);

chat.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".suggestion")) send({ kind: "text", text: button.textContent });
  else if (button.matches(".tap")) tap(button);
  else if (button.matches(".unfold")) unfold(button);
  else if (button.matches(".again")) sendAgain(button);
  else if (button.matches(".play")) play(button.closest(".voice"));
});

async function tap(button) {
  const { payload, sid } = button.dataset;
  const sent = await send({ kind: "button", text: button.textContent.trim(), payload, replied_to: sid });
  if (sent) button.classList.add("chosen");
}

async function sendAgain(button) {
  button.disabled = true;
  try {
    await ask(`${path}/messages/${button.dataset.sid}/again`, {});
    await look();
  } catch (error) {
    button.disabled = false;
    sendError(error instanceof Refused ? error.message : page.dataset.notSent);
  }
}

let playing = null;

function play(voice) {
  const again = playing && playing.voice === voice;
  if (playing) {
    playing.audio.pause();
    playing.voice.classList.remove("playing");
    playing = null;
  }
  if (again) return;
  const audio = new Audio(voice.dataset.src);
  playing = { audio, voice };
  voice.classList.add("playing");
  audio.addEventListener("ended", () => play(voice));
  audio.play().catch(() => play(voice));
}

// --- the sheet, the side panels ---------------------------------------------------------------

function openSheet(open) {
  const followed = atEnd();
  byId("attachments").hidden = !open;
  byId("attach").setAttribute("aria-expanded", String(open));
  if (open) byId("attachments").querySelector("button").focus();
  if (followed) toEnd();
}

byId("attach").addEventListener("click", () => openSheet(byId("attachments").hidden));
byId("attachments").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  openSheet(false);
  sendAttachment(button.dataset.kind);
  text.focus();
});

function openPanel(id, open) {
  byId(id).classList.toggle("open", open);
  const button = document.querySelector(`[data-open="${id}"]`);
  button.setAttribute("aria-expanded", String(open));
  if (open) byId(id).querySelector("button, a, summary").focus();
  else button.focus();
}

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => openPanel(button.dataset.open, true));
}
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => openPanel(button.dataset.close, false));
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const panel = document.querySelector(".panel.open");
  if (panel) openPanel(panel.id, false);
  else if (!byId("attachments").hidden) {
    openSheet(false);
    byId("attach").focus();
  }
});
document.querySelector(".phone").addEventListener("pointerdown", (event) => {
  const panel = document.querySelector(".panel.open");
  if (panel && !event.target.closest("[data-open]")) openPanel(panel.id, false);
});

// --- applicants and the network ---------------------------------------------------------------

function formError(form, words) {
  const line = form.querySelector(".form-error");
  line.textContent = words;
  line.hidden = !words;
}

byId("add-applicant").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const added = await ask("/simulator/applicants", { name: form.name.value, number: form.number.value });
    location.assign(added.path);
  } catch (error) {
    formError(form, error instanceof Refused ? error.message : page.dataset.offline);
  }
});

const faults = byId("faults");
let changing = 0;

function showNetwork(network) {
  const health = byId("health");
  health.textContent = network.healthy ? page.dataset.healthy : page.dataset.faulty;
  health.classList.toggle("bad", !network.healthy);
  document.querySelector(".network-button").classList.toggle("bad", !network.healthy);
  if (changing || faults.contains(document.activeElement)) return;
  setSwitches(network);
}

function setSwitches(network) {
  for (const field of faults.elements) {
    if (!field.name) continue;
    if (field.dataset.as === "switch") field.checked = network[field.name];
    else setChoice(field, String(network[field.name]));
  }
}

// A value that somebody set in another way than here is shown as it is.
function setChoice(field, value) {
  if (![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
  field.value = value;
}

async function changeNetwork(facts) {
  changing += 1;
  try {
    setSwitches(await ask("/simulator/network", facts));
    formError(faults, "");
  } catch (error) {
    formError(faults, error instanceof Refused ? error.message : page.dataset.offline);
  } finally {
    changing -= 1;
  }
}

faults.addEventListener("change", (event) => {
  const field = event.target;
  const value = field.dataset.as === "switch" ? field.checked : field.dataset.as === "number" ? Number(field.value) : field.value;
  changeNetwork({ [field.name]: value });
});
faults.addEventListener("submit", (event) => event.preventDefault());
byId("heal").addEventListener("click", () => changeNetwork({}));

byId("add-applicant").closest("details").addEventListener("toggle", (event) => {
  if (event.target.open) byId("new-name").focus();
});
if (matchMedia("(hover: hover)").matches) text.focus({ preventScroll: true });
keepLooking();
