"use strict";
// Everything here makes the pages more pleasant; every task can be done without it.

const announce = (text) => {
  const line = document.getElementById("besked");
  if (line) line.textContent = text;
};

const copyWithSource = async (button) => {
  const turn = button.closest(".turn");
  await navigator.clipboard.writeText(turn.querySelector(".to-copy").content.textContent.trim());
  button.textContent = "Kopierat";
  announce("Svaret är kopierat med källa.");
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "print") window.print();
  if (button.dataset.do === "copy") copyWithSource(button);
});

// Enter sends the question, Shift+Enter makes a new line.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".ask textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

const finishAnswer = (target) => {
  const turn = target.querySelector(".turn[data-address]");
  if (!turn || target.dataset.finished === turn.id) return;
  target.dataset.finished = turn.id;
  history.replaceState(null, "", turn.dataset.address);
};

document.addEventListener("htmx:before:request", (event) => {
  const form = event.target.closest(".ask, .examples");
  if (!form) return;
  form.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:sse:close", (event) => {
  const form = event.target.closest(".ask, .examples");
  if (form) form.removeAttribute("aria-busy");
});

const showQuotation = () => {
  const quotation = document.getElementById("citat");
  if (!quotation) return;
  quotation.scrollIntoView({ block: "center" });
  quotation.focus({ preventScroll: true });
};

document.addEventListener("DOMContentLoaded", () => {
  document.documentElement.classList.add("js");
  showQuotation();
});
