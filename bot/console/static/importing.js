// Ticks of the import's preview: all at once, those on other pages, and how many there are.
"use strict";

const entries = document.getElementById("entries");
const all = entries?.querySelector("[data-take-all]");
const elsewhere = entries?.querySelector("[data-take-elsewhere]");

function ticks() {
  return [...entries.querySelectorAll("[data-take]")];
}

function tellTicks() {
  const boxes = ticks();
  const ticked = boxes.filter((box) => box.checked).length;
  const others = elsewhere?.checked ? Number(elsewhere.dataset.takeElsewhere) : 0;
  entries.querySelector("[data-take-count]").textContent = (ticked + others).toLocaleString(
    document.documentElement.lang,
  );
  entries.querySelector("[data-take-go]").disabled = !(ticked + others);
  if (!all) return;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

if (all || elsewhere) {
  all?.addEventListener("change", () => {
    ticks().forEach((box) => (box.checked = all.checked));
  });
  entries.addEventListener("change", tellTicks);
  tellTicks(); // a browser may have kept ticks over a reload
}
