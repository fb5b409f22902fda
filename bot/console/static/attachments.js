// Files that go with a reply: chosen, dropped or pasted, listed, and taken along when it is sent.
"use strict";

const FIRST_BYTES = {
  "image/jpeg": "ffd8ff",
  "image/png": "89504e470d0a1a0a",
  "application/pdf": "255044462d",
};
const MEGABYTE = 1024 * 1024;

let attached = []; // kept here, as the composer is swapped while they wait
let taken = []; // those that are on their way

const attachments = () => composer.querySelector("[data-attachments]");

async function typeOf(file) {
  const bytes = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const start = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return Object.keys(FIRST_BYTES).find((type) => start.startsWith(FIRST_BYTES[type]));
}

// The reason why a file can't be sent, in words; nothing if it can. The server looks again.
async function whyNot(file, rules) {
  const type = await typeOf(file);
  if (!type) return rules.type.replace("{name}", () => file.name);
  const largest = type === "application/pdf" ? rules.document : rules.picture;
  if (file.size > largest) return rules.size.replace("{name}", () => file.name);
  const together = attached.reduce((sum, one) => sum + one.size, file.size);
  return attached.length >= rules.most || together > rules.together ? rules.many : "";
}

async function attach(files) {
  if (!attachments()) return;
  const rules = JSON.parse(attachments().dataset.attachments);
  const refusals = new Set();
  for (const file of files) {
    const refusal = await whyNot(file, rules);
    if (refusal) refusals.add(refusal);
    else attached.push(file);
  }
  changeAttached();
  refuse(attachments().closest("form"), [...refusals].join(" "));
}

function detach(button) {
  const at = [...attachments().querySelectorAll("[data-detaches]")].indexOf(button);
  attached.splice(at, 1);
  changeAttached();
  const left = attachments().querySelectorAll("[data-detaches]");
  (left[Math.min(at, left.length - 1)] || document.getElementById("attach")).focus();
}

// Other files are another message, which gets another key.
function changeAttached() {
  const form = attachments().closest("form");
  form.querySelector("[data-key]").value = "";
  keepDraft(form);
  showAttached();
}

function showAttached() {
  const place = attachments();
  if (!place) return;
  const list = place.querySelector("ul");
  list.replaceChildren(...attached.map((file) => listed(file, place)));
  list.hidden = !attached.length;
  const transfer = new DataTransfer();
  attached.forEach((file) => transfer.items.add(file));
  place.querySelector("input").files = transfer.files;
  document.getElementById("reply").required = !attached.length;
}

function listed(file, place) {
  const rules = JSON.parse(place.dataset.attachments);
  const item = place.querySelector("template").content.firstElementChild.cloneNode(true);
  item.querySelector(".attached-name").textContent = file.name;
  item.querySelector("small").textContent = sizeOf(file);
  item.querySelector(".quiet").textContent = rules.remove.replace("{name}", () => file.name);
  return item;
}

function sizeOf(file) {
  const [unit, name] = file.size < MEGABYTE ? [1024, "kB"] : [MEGABYTE, "MB"];
  const options = { maximumFractionDigits: unit === MEGABYTE ? 1 : 0 };
  return `${Math.max(1, file.size / unit).toLocaleString(document.documentElement.lang, options)} ${name}`;
}

function chooseFiles() {
  if (!attachments()) return;
  setMode("reply");
  attachments().querySelector("input").click();
}

// --- starting -----------------------------------------------------------------------------

KEYS.l = chooseFiles;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-attaches]")) chooseFiles();
  const removes = event.target.closest("[data-detaches]");
  if (removes) detach(removes);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-attachments] input")) return;
  attach([...event.target.files]);
});

// Words that were copied with a picture of them (out of a table, say) are pasted as words.
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (event.target.id !== "reply" || !files.length || types.includes("text/plain")) return;
  event.preventDefault();
  attach([...files]);
});

// A file that is dropped beside the composer must not take the page's place.
["dragover", "drop"].forEach((name) =>
  document.addEventListener(name, (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  }),
);
document.addEventListener("dragover", (event) => {
  if (event.dataTransfer.types.includes("Files")) composer.toggleAttribute("data-dropping", true);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) composer.removeAttribute("data-dropping");
});
document.addEventListener("drop", (event) => {
  composer.removeAttribute("data-dropping");
  if (!event.dataTransfer.files.length || !attachments()) return;
  setMode("reply");
  attach([...event.dataTransfer.files]);
});

function isReply(form) {
  return form.querySelector("[data-attachments]") !== null;
}

// Before the form is sent, as what is added afterwards is not in it.
document.addEventListener(
  "submit",
  (event) => {
    if (isReply(event.target) && !event.target.dataset.busy) taken = [...attached];
  },
  { capture: true },
);

document.addEventListener("maraga:sent", (event) => {
  if (!isReply(event.target)) return;
  attached = attached.filter((file) => !taken.includes(file));
  showAttached();
});

changed(composer, showAttached);
