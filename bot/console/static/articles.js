// The article's form: the answer as the phone shows it, and a copy of what is not saved yet.
"use strict";

const form = document.querySelector("[data-article]");
const landed = document.querySelector("[data-saved], [data-reviewed]");

function copyName(article) {
  return `${DRAFTS}${body.dataset.person}:article:${article}`; // forgotten when signing out
}

function readCopy(article) {
  try {
    return JSON.parse(localStorage.getItem(copyName(article)) || "null");
  } catch {
    return null; // an unreadable copy is none
  }
}

function forgetCopy(article) {
  localStorage.removeItem(copyName(article));
}

// Where a save leads to: what was sent is safe.
function forgetWhatWasSaved() {
  forgetCopy(landed.dataset.saved || landed.dataset.reviewed);
  if (readCopy("new")?.sent) forgetCopy("new");
}

// --- the copy -----------------------------------------------------------------------------

function values() {
  const data = new FormData(form);
  data.delete("csrf");
  return Object.fromEntries(data);
}

function keepCopy(sent) {
  try {
    localStorage.setItem(copyName(form.dataset.article), JSON.stringify({ values: values(), sent }));
  } catch {
    // A browser that keeps nothing: the text stays in its fields.
  }
}

// With the edition it was begun from, so that saving it overwrites nobody.
function bringBackCopy() {
  const copy = readCopy(form.dataset.article);
  if (!copy) return;
  const now = values();
  const differing = Object.keys(copy.values).filter((name) => {
    return !["edition", "revision"].includes(name) && copy.values[name] !== now[name];
  });
  if (!differing.length) return forgetCopy(form.dataset.article);
  Object.entries(copy.values).forEach(([name, value]) => {
    if (form.elements[name]) form.elements[name].value = value;
  });
  document.querySelector("[data-restored]").hidden = false;
}

// --- what the applicant gets --------------------------------------------------------------

async function showAnswer(place) {
  const language = place.dataset.preview;
  const data = new URLSearchParams({ language, ...values() });
  data.delete("ways"); // long, and no part of it
  const told = await askLatest(place, "/console/articles/preview", data);
  if (!told) return;
  const { parts, attached } = told;
  if (language === "id") showAttached(attached);
  const bubbles = parts.map((part) => `<div class="bubble chat" data-speaker="bot">${part}</div>`);
  place.querySelector("[data-bubbles]").innerHTML = bubbles.join("");
  place.hidden = !parts.length;
  const said = parts.length > 1 ? say("parts", { n: parts.length }) : "";
  setText(place.querySelector("[data-parts-said]"), said);
}

function showAnswers() {
  document.querySelectorAll("[data-preview]").forEach(showAnswer);
}

// As the server knows them: a copy that was brought back has but their names.
function showAttached(markup) {
  if (markup === showAttached.markup) return;
  showAttached.markup = markup;
  form.querySelector("[data-attached]").innerHTML = markup;
}

function countWays() {
  const count = form.elements.ways.value.split("\n").filter((line) => line.trim()).length;
  setText(document.querySelector('[data-counts="ways"] output'), String(count));
}

function later() {
  clearTimeout(later.timer);
  later.timer = setTimeout(() => {
    keepCopy(false);
    showAnswers();
  }, 300);
}

// --- who else writes ------------------------------------------------------------------------

const LOOK_MS = 15_000;

async function lookWhoElseSaved() {
  const address = form.getAttribute("action").replace(/edit$/, "edition");
  const answer = await fetch(address, { headers: { "X-Console": "1" } }).catch(() => null);
  if (!answer?.ok) return;
  const { edition, told } = await answer.json();
  const notice = document.querySelector("[data-meanwhile]");
  notice.hidden = edition === form.elements.edition.value;
  if (!notice.hidden) setText(notice.lastElementChild, told);
}

// --- starting -----------------------------------------------------------------------------

if (landed) forgetWhatWasSaved();
if (form) {
  if (!landed && !form.hasAttribute("data-answered")) bringBackCopy();
  form.addEventListener("input", () => {
    countWays();
    later();
  });
  form.addEventListener("submit", () => {
    clearTimeout(later.timer);
    keepCopy(true);
  });
  document.querySelector("[data-drop]").addEventListener("click", () => {
    forgetCopy(form.dataset.article);
    location.reload();
  });
  if (form.dataset.article !== "new") {
    setInterval(() => document.hidden || lookWhoElseSaved(), LOOK_MS);
    addEventListener("focus", lookWhoElseSaved);
  }
  document.querySelector(".field-fault")?.scrollIntoView({ block: "center" });
  countWays();
  showAnswers();
}
