// Lines that are being written, and what is nearly the same elsewhere: told after a pause in typing.
// A field with data-near names its article in data-article; a list with data-near-list tells.
"use strict";

{
  const PAUSE_MS = 900;
  let waiting = 0;

  const tell = (field, sentences) => {
    const list = field.form.querySelector("[data-near-list]");
    if (!list) return;
    const items = sentences.map((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      return item;
    });
    list.replaceChildren(...items);
    list.hidden = !items.length;
  };

  const look = async (field) => {
    const article = field.dataset.article || field.form.elements.id?.value || "";
    const data = new URLSearchParams({ article, texts: field.value });
    const told = await askLatest(field.form, "/console/near", data);
    if (told?.near) tell(field, told.near);
  };

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-near]");
    if (!field) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => look(field), PAUSE_MS);
  });
}
