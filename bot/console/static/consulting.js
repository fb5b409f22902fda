// What a section explained becomes the officer's draft, once, where nothing is being written.
// It is never sent by itself.
"use strict";

{
  const composer = document.getElementById("composer");

  const offer = (explanation, field) => {
    const name = `${DRAFTS}offered:${body.dataset.person}:${explanation.id}`;
    try {
      if (field.value.trim() || localStorage.getItem(name)) return;
      localStorage.setItem(name, "yes");
    } catch {
      return; // a browser that keeps nothing would offer it again and again
    }
    field.value = explanation.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const offerAll = () => {
    const field = document.getElementById("reply");
    if (!field || field.disabled || document.activeElement === field) return;
    document.querySelectorAll("[data-explanation]").forEach((one) => offer(one, field));
  };

  if (composer) new MutationObserver(offerAll).observe(composer, { childList: true });
  offerAll();
}
