// Ticks of the import's preview: all at once, and how many there are.
"use strict";

const entries = document.getElementById("entries");
const all = entries?.querySelector("[data-take-all]");

function ticks() {
  return [...entries.querySelectorAll("[data-take]")];
}

function tellTicks() {
  const boxes = ticks();
  const ticked = boxes.filter((box) => box.checked).length;
  entries.querySelector("[data-take-count]").textContent = ticked.toLocaleString(
    document.documentElement.lang,
  );
  entries.querySelector("[data-take-go]").disabled = !ticked;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

if (all) {
  all.addEventListener("change", () => {
    ticks().forEach((box) => (box.checked = all.checked));
    tellTicks();
  });
  entries.addEventListener("change", (event) => {
    if (event.target.hasAttribute("data-take")) tellTicks();
  });
  tellTicks(); // a browser may have kept ticks over a reload
}
