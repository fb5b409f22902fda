// The queue's tools: a filter counts as soon as it is chosen, "/" goes to the search.
"use strict";

document.querySelectorAll("[data-filters]").forEach((form) => {
  form.toggleAttribute("data-scripted", true);
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("submit", () => {
    // What filters nothing needs no place in the address.
    form.querySelectorAll("select").forEach((select) => (select.disabled = !select.value));
  });
});

addEventListener("pageshow", () => {
  document.querySelectorAll("[data-filters] select").forEach((select) => (select.disabled = false));
});

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && writing?.matches("[data-search]")) writing.blur();
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
});
