// A build that runs: its section is fetched again every second, then the whole page when it has ended.
"use strict";

const RUNNING = "#build-state[data-running]";

async function look() {
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.querySelector("#build-state");
  if (!fresh) return;
  if (!fresh.matches(RUNNING)) return location.assign(location.pathname);
  const kept = document.querySelector("#build-state");
  if (kept.contains(document.activeElement)) {
    // Who is about to press a button keeps it.
    kept.querySelector(".steps")?.replaceWith(fresh.querySelector(".steps"));
  } else {
    const opened = kept.querySelector("details")?.open;
    kept.replaceWith(fresh);
    if (opened) fresh.querySelector("details").open = true;
  }
}

const timer = setInterval(() => {
  if (!document.querySelector(RUNNING)) return clearInterval(timer);
  look().catch(() => {}); // the server may be away for a moment
}, 1000);
