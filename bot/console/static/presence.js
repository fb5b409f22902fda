// Who else looks at a conversation, and who is writing there. A page gives a sign every ten
// seconds; what changes comes through the live connection of console.js.
"use strict";

(() => {
  const SIGN_MS = 10_000;
  const STILL_TYPING_MS = 6_000;
  const present = new Map(); // "conversation:staff" -> {conversation, staff, name, doing}

  const here = document.querySelector("[data-presence-here]");
  let typedAt = 0;
  let lastSign = "";

  function notePresence(one) {
    const key = `${one.conversation}:${one.staff}`;
    if (one.doing === "left") present.delete(key);
    else present.set(key, one);
    showPresence();
  }

  function othersIn(conversation) {
    const others = [...present.values()].filter(
      (one) => String(one.conversation) === conversation && String(one.staff) !== body.dataset.person,
    );
    const told = (doing) => others.filter((one) => one.doing === doing).map((one) => one.name);
    const typing = told("typing");
    const looking = told("looking");
    const parts = [];
    if (typing.length) parts.push(say("typing", { names: typing.join(", ") }));
    if (looking.length) parts.push(say("looking", { names: looking.join(", ") }));
    return parts.join(" · ");
  }

  function showPresence() {
    document.querySelectorAll("[data-presence-of]").forEach((place) => {
      const text = othersIn(place.dataset.presenceOf);
      setText(place, text);
      if (place.hidden === Boolean(text)) place.hidden = !text;
    });
  }

  function giveSign(doing) {
    lastSign = doing;
    fetch("/console/presence", {
      method: "POST",
      keepalive: true,
      headers: { "X-Console": "1" },
      body: new URLSearchParams({
        csrf: body.dataset.csrf,
        conversation: here.dataset.presenceOf,
        doing,
      }),
    }).catch(() => {}); // offline: the next sign tells again
  }

  function doingNow() {
    return Date.now() - typedAt < STILL_TYPING_MS ? "typing" : "looking";
  }

  function tellOfRest() {
    if (!document.hidden && lastSign === "typing" && doingNow() === "looking") giveSign("looking");
  }

  async function learnPresent() {
    try {
      const answer = await fetch("/console/presence", { headers: { "X-Console": "1" } });
      if (!answer.ok) return;
      present.clear();
      (await answer.json()).present.forEach(notePresence);
      showPresence();
    } catch {
      // offline: learnt when the stream opens again
    }
  }

  document.addEventListener("maraga:stream-open", learnPresent);
  document.addEventListener("maraga:presence", (event) => notePresence(event.detail));

  if (here) {
    document.addEventListener("input", (event) => {
      if (!event.target.matches("#reply")) return;
      typedAt = event.target.value ? Date.now() : 0;
      if (doingNow() !== lastSign) giveSign(doingNow());
    });
    document.addEventListener("visibilitychange", () => giveSign(document.hidden ? "left" : "looking"));
    addEventListener("pagehide", () => giveSign("left"));
    setInterval(() => document.hidden || giveSign(doingNow()), SIGN_MS);
    setInterval(tellOfRest, 1000);
    giveSign("looking");
  }

  learnPresent();
  setInterval(showPresence, 1000); // the rows of the queue are replaced now and then
})();
