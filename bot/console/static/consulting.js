// What a section explained becomes the officer's draft, once, where nothing is being written.
// It is never sent by itself.
"use strict";

function offerExplanations() {
  const field = document.getElementById("reply");
  if (!field || field.disabled || document.activeElement === field) return;
  document.querySelectorAll("[data-explanation]").forEach((explanation) => {
    const name = `${DRAFTS}offered:${body.dataset.person}:${explanation.id}`;
    try {
      if (localStorage.getItem(name)) return;
      if (field.value.trim()) return;
      localStorage.setItem(name, "yes");
    } catch {
      return; // a browser that keeps nothing would offer it again and again
    }
    field.value = explanation.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const composer = document.getElementById("composer");
if (composer) new MutationObserver(offerExplanations).observe(composer, { childList: true });
offerExplanations();
