"use strict";
// Everything here makes the pages more pleasant; every task can be done without it.

const byId = (id) => document.getElementById(id);

const announce = (text) => {
  const line = byId("besked");
  if (line) line.textContent = text;
};

// Somebody whose session has ended signs in again; any other error page is shown as a page, not inside this one.
document.addEventListener("htmx:before:response", (event) => {
  const { status } = event.detail.ctx.response;
  if (status < 400) return;
  event.preventDefault();
  if (status === 401) window.location.assign(`/logga-in?nasta=${encodeURIComponent(window.location.pathname)}`);
});

// --- Small comforts

const copyWithSource = async (button) => {
  const source = button.closest(".turn").querySelector(".to-copy").content;
  await navigator.clipboard.writeText(source.textContent.trim());
  button.textContent = "Kopierat";
  announce("Svaret är kopierat med källa.");
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button?.dataset.do === "print") window.print();
  if (button?.dataset.do === "copy") copyWithSource(button);
  const menu = document.querySelector(".who[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".who[open]");
  if (menu && event.key === "Escape") menu.open = false;
});

document.documentElement.classList.add("js");

window.addEventListener("load", () => {
  const quotation = byId("citat");
  if (!quotation) return;
  quotation.scrollIntoView({ block: "center" });
  quotation.focus({ preventScroll: true });
});
