// The board on a wall: the whole screen, and nothing else on it.
"use strict";

function offerFullscreen() {
  if (!document.fullscreenEnabled) return;
  document.querySelectorAll("[data-fullscreen]").forEach((button) => (button.hidden = false));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-fullscreen]")) document.documentElement.requestFullscreen();
});

// The button comes anew, hidden, whenever the board is told something.
new MutationObserver(offerFullscreen).observe(document.getElementById("board"), { childList: true });
offerFullscreen();
