// Files dropped on the page become a dossier: what is sent, what is read, the time that is left.

const intake = () => byId("intake");
let parcels = [];
let sending = null;
let isUntold = false; // a sending ended behind a closed dialog

function offer(files) {
  const dialog = intake();
  if (!dialog) return;
  if (sending || (isUntold && !files.length)) return reopenIntake();
  isUntold = false;
  parcels = [...files];
  dialog.querySelector("form").reset();
  tell("");
  dialog.querySelector(".open").hidden = true;
  dialog.querySelector(".step").hidden = true;
  listParcels();
  reopenIntake();
}

function reopenIntake() {
  isUntold = false;
  if (!intake().open) intake().showModal();
}

function listParcels() {
  const rows = parcels.map((file) => rowOf(file.name, file.size));
  intake().querySelector(".sending").replaceChildren(...rows);
  intake().querySelector("[type=submit]").disabled = !parcels.length;
}

function tell(text) {
  intake().querySelector(".outcome").textContent = text;
}

function sendParcels() {
  const { mostFiles, mostBytes, tooMuch, failed, reading } = intake().dataset;
  const bytes = parcels.reduce((sum, file) => sum + file.size, 0);
  if (parcels.length > Number(mostFiles) || bytes > Number(mostBytes)) return tell(tooMuch);
  const body = new FormData();
  for (const file of parcels) body.append("files", file, file.name);
  const team = intake().querySelector("[name=team]");
  if (team) body.append("team", team.value);
  const request = new XMLHttpRequest();
  const heard = { until: 0, dossier: undefined, problem: "", refused: false };
  sending = request;
  intake().querySelector("[type=submit]").disabled = true;
  tell(intake().dataset.sending);
  request.upload.addEventListener("progress", (event) => travelled(intake(), event.loaded));
  request.upload.addEventListener("load", () => {
    arrived(intake());
    tell(`${reading}…`);
  });
  const listen = () => request.status === 200 && hear(request, heard, intake());
  request.addEventListener("progress", listen);
  request.addEventListener("abort", () => (sending = null));
  request.addEventListener("error", () => ended({ problem: failed }));
  request.addEventListener("load", () => {
    listen();
    if (request.status !== 200) heard.problem = detailOf(request) || failed;
    ended(heard);
  });
  request.open("POST", `/dossiers/-/pieces?lang=${document.documentElement.lang}`);
  request.send(body);
}

function detailOf(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return "";
  }
}

function ended({ dossier, problem, refused }) {
  sending = null;
  const dialog = intake();
  const open = dialog.querySelector(".open");
  const outcome = problem || (dossier ? dialog.dataset.done : dialog.dataset.none);
  dialog.querySelector(".step").hidden = true;
  dialog.querySelector("[type=submit]").disabled = !problem;
  open.hidden = Boolean(problem) || !dossier;
  open.dataset.dossier = dossier ?? "";
  tell(outcome);
  if (!dialog.open) return tellAway(outcome, open);
  if (open.hidden) return;
  if (refused || isAnswering()) open.focus(); // what was refused is read first
  else openDossier(dossier);
}

// Where the dialog was closed meanwhile: what came of it, and the way to it.
function tellAway(outcome, open) {
  isUntold = true;
  notice("intake", outcome);
  const way = document.createElement("button");
  way.type = "button";
  way.textContent = (open.hidden ? intake().querySelector("h2") : open).textContent;
  way.addEventListener("click", () => {
    byId("trouble").replaceChildren();
    if (open.hidden) reopenIntake();
    else openDossier(open.dataset.dossier);
  });
  byId("trouble").querySelector("button").before(way, " ");
}

function openDossier(dossier) {
  if (isAnswering()) {
    tell(intake().dataset.busy);
    return reopenIntake();
  }
  isUntold = false;
  intake().close();
  send(dossier, "kept-chosen", "open-dossier");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-intake]")) {
    draw(false);
    offer([]);
  } else if (event.target.closest("#intake .open")) {
    openDossier(event.target.closest(".open").dataset.dossier);
  } else if (event.target.closest("#intake .close")) {
    intake().close();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("#intake input[type=file]")) return;
  parcels = [...event.target.files];
  listParcels();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.intake")) return;
  event.preventDefault();
  sendParcels();
});

const bringsFiles = (event) => Boolean(intake()) && [...(event.dataTransfer?.types ?? [])].includes("Files");

for (const kind of ["dragover", "dragleave", "drop"]) {
  addEventListener(
    kind,
    (event) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const isLeaving = kind === "drop" || (kind === "dragleave" && !event.relatedTarget);
      document.body.classList.toggle("dropping", !isLeaving);
      if (kind === "drop") offer(event.dataTransfer.files);
    },
    true, // before the fields of Gradio, which would take them
  );
}
