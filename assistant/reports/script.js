"use strict";

const form = document.getElementById("filter");
const answers = [...document.querySelectorAll("[data-theme]")];

function choose() {
  const theme = form.elements.theme.value;
  const outcome = form.elements.outcome.value;
  let shown = 0;
  for (const answer of answers) {
    const fits =
      (!theme || answer.dataset.theme === theme) &&
      (!outcome || answer.dataset.outcome.split("|").includes(outcome));
    answer.hidden = !fits;
    shown += fits;
  }
  form.querySelector("output").textContent = `${shown} question${shown > 1 ? "s" : ""}`;
}

form.hidden = false;
form.addEventListener("input", choose);
form.addEventListener("submit", (event) => event.preventDefault());
