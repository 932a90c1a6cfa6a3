// Where the picture of a page does not come, its text is shown.
"use strict";

function readAsText(picture) {
  const figure = picture.closest(".document figure");
  const text = figure?.nextElementSibling;
  if (!(text instanceof HTMLDetailsElement)) return;
  picture.hidden = true;
  figure.querySelector(".notice").hidden = false;
  text.open = true;
}

document.addEventListener("error", ({ target }) => target instanceof HTMLImageElement && readAsText(target), true);
for (const picture of document.images) if (picture.complete && !picture.naturalWidth) readAsText(picture);
