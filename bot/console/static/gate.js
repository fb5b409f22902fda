// A draft that is being tried: the page asks how far it has come, until it is done.
"use strict";

setInterval(() => {
  if (document.querySelector("[data-gate-running]") && !document.hidden) refreshSoon();
}, 700);
