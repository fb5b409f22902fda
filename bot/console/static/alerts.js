// Calls who is on duty: a sound, a mark in the title, a system notification. One page of the
// browser does it for all of them, also while it is hidden; the server says what is worth it.
"use strict";

(() => {
  const ALERT_GAP_MS = 1_500;
  const ALERT_POLL_MS = 30_000;
  const TOLD = `maraga-told:${body.dataset.person}`; // the keys that were told, in this browser
  let alertStream = null;
  let alertSoon = 0;
  let unseen = 0;
  let leaving = false;
  let isCaller = false;
  const pages = new BroadcastChannel("maraga-calls");

  // --- what was told ------------------------------------------------------------------------

  function toldKeys() {
    try {
      return new Set(JSON.parse(localStorage.getItem(TOLD) || "[]"));
    } catch {
      return new Set();
    }
  }

  function keepTold(keys) {
    if (leaving) return;
    try {
      localStorage.setItem(TOLD, JSON.stringify(keys));
    } catch {
      // A browser that keeps nothing tells again after a reload.
    }
  }

  async function lookForAlerts() {
    alertSoon = 0;
    let alerts;
    try {
      const asked = { headers: { "X-Console": "1" }, cache: "no-store" };
      const answer = await fetch("/console/alerts", asked);
      if (!answer.ok) return;
      ({ alerts } = await answer.json());
    } catch {
      return; // offline, perhaps in the middle of the answer: the next look tells
    }
    const told = toldKeys();
    const news = alerts.filter((alert) => !told.has(alert.key));
    keepTold(alerts.map((alert) => alert.key));
    if (news.length) call(news);
  }

  function lookSoon() {
    if (!alertSoon) alertSoon = setTimeout(lookForAlerts, ALERT_GAP_MS);
  }

  // --- telling it ---------------------------------------------------------------------------

  function call(news) {
    if ("Notification" in window && Notification.permission === "granted") notifyOf(news);
    pages.postMessage(news);
    hear(news);
  }

  // Every page marks its title. Browsers let a page sound that was touched: the one that is seen
  // most likely was, the one that calls may have been opened long ago.
  function hear(news) {
    if (isCaller || !document.hidden) ring();
    if (document.hidden) markTitle(news.length);
    document.dispatchEvent(new CustomEvent("maraga:alert", { detail: news }));
  }

  async function notifyOf(news) {
    const [first] = news;
    const more = news.length > 1 ? ` (+${news.length - 1})` : "";
    const told = { body: first.body + more, tag: "maraga", renotify: true, data: first.address };
    const worker = await navigator.serviceWorker?.getRegistration("/console/");
    if (worker?.active) return worker.showNotification(first.title, told);
    const shown = new Notification(first.title, told);
    shown.onclick = () => {
      focus();
      location.assign(first.address);
    };
  }

  let audio = null;

  // Two short tones.
  function ring() {
    if (!audio || audio.state !== "running") return;
    [0, 0.22].forEach((wait, step) => {
      const at = audio.currentTime + wait;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = step ? 880 : 660;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.21);
    });
  }

  function allowSound() {
    audio ??= new AudioContext();
    audio.resume();
  }

  function markTitle(count) {
    unseen += count;
    document.title = `● ${unseen} · ${document.title.replace(TITLE_MARK, "")}`;
  }

  function unmarkTitle() {
    if (document.hidden || !unseen) return;
    unseen = 0;
    document.title = document.title.replace(TITLE_MARK, "");
  }

  // --- permission ---------------------------------------------------------------------------

  function tellPermission() {
    const state = "Notification" in window ? Notification.permission : "none";
    document.querySelectorAll("[data-notify]").forEach((button) => {
      button.hidden = state !== "default";
    });
    document.querySelectorAll("[data-notify-state]").forEach((place) => {
      setText(place, state === "default" ? "" : words[`notify_${state}`]);
    });
  }

  async function askPermission() {
    await Notification.requestPermission();
    tellPermission();
  }

  // --- one page for all ---------------------------------------------------------------------

  function watchForAlerts() {
    if (!alertStream || alertStream.readyState === EventSource.CLOSED) {
      alertStream = new EventSource("/console/events?watch=alerts");
      alertStream.addEventListener("open", lookSoon);
      alertStream.addEventListener("message", lookSoon);
    }
    lookSoon(); // clocks run out without anybody telling
  }

  function becomeCaller() {
    isCaller = true;
    watchForAlerts();
    setInterval(watchForAlerts, ALERT_POLL_MS);
    return new Promise(() => {}); // for as long as the page is open
  }

  document.addEventListener("click", (event) => {
    allowSound();
    if (event.target.closest("[data-notify]")) askPermission();
  });
  document.addEventListener("keydown", allowSound, { once: true });
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-leaves")) return;
    leaving = true;
    localStorage.removeItem(TOLD);
  });
  document.addEventListener("visibilitychange", unmarkTitle);

  pages.addEventListener("message", (event) => hear(event.data));

  tellPermission();
  navigator.serviceWorker?.register("/console/worker.js", { scope: "/console/" }).catch(() => {});
  // Without a secure connection there are no locks: every page calls for itself.
  if (navigator.locks) navigator.locks.request("maraga-caller", becomeCaller);
  else becomeCaller();
})();
