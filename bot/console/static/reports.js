// A report on paper: the numbers below each chart are printed too.
"use strict";

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

addEventListener("beforeprint", () => {
  document.querySelectorAll("details.numbers, details.steps").forEach((one) => (one.open = true));
});
