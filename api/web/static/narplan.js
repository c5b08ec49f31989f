"use strict";
// Everything here makes the pages more pleasant; every task can be done without it.

const byId = (id) => document.getElementById(id);

const announce = (text) => {
  const line = byId("besked");
  if (line) line.textContent = text;
};

const asks = (element) => element instanceof Element && element.closest(".ask, .examples") !== null;

// --- An answer on its way: htmx draws it in #strom; when it is whole it moves up among the others.

const begin = () => {
  byId("strom").setAttribute("aria-busy", "true");
  byId("strom").removeAttribute("data-over");
  announce("Söker svar i materialet.");
};

const end = (message) => {
  byId("strom").setAttribute("aria-busy", "false");
  byId("strom").dataset.over = "";
  announce(message);
};

const breakOff = () => {
  byId("strom").replaceChildren(byId("avbrott").content.cloneNode(true));
  end("Svaret kom inte fram. Anslutningen bröts.");
};

const wordsOf = (answer) => {
  const copy = answer.cloneNode(true);
  copy.querySelectorAll(".cite").forEach((mark) => mark.remove());
  return copy.textContent.trim();
};

const keepTurn = (turn) => {
  const form = document.querySelector(".ask");
  byId("samtal").append(turn);
  document.querySelector(".examples")?.remove();
  byId("nytt").hidden = false;
  form.elements.samtal.value = turn.dataset.conversation;
  form.elements.fraga.value = "";
  form.elements.fraga.placeholder = form.dataset.nextPlaceholder;
  form.querySelector("label").textContent = form.dataset.nextLabel;
  history.replaceState(null, "", `/samtal/${turn.dataset.conversation}`);
  turn.scrollIntoView({ block: "start" });
  const said = [...turn.querySelectorAll(".answer")].map(wordsOf).join(" ");
  end(`Svaret är klart. ${said}`);
};

document.addEventListener("htmx:before:request", (event) => {
  if (asks(event.target)) begin();
});

document.addEventListener("htmx:sse:after:message", (event) => {
  if (!asks(event.target)) return;
  const turn = byId("strom").querySelector(".turn[data-conversation]");
  if (turn) keepTurn(turn);
  else if (byId("strom").querySelector("[data-failed]")) end("Svaret kom inte fram.");
});

document.addEventListener("htmx:sse:close", (event) => {
  if (asks(event.target) && !("over" in byId("strom").dataset)) breakOff();
});

document.addEventListener("htmx:error", (event) => {
  if (asks(event.target)) breakOff();
});

// Somebody whose session has ended signs in again; any other error page is shown as a page, not inside this one.
document.addEventListener("htmx:before:response", (event) => {
  const { status } = event.detail.ctx.response;
  if (status < 400) return;
  event.preventDefault();
  if (status === 401) window.location.assign(`/logga-in?nasta=${encodeURIComponent(window.location.pathname)}`);
  else if (asks(event.target)) breakOff();
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
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".ask textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.documentElement.classList.add("js");

window.addEventListener("load", () => {
  const quotation = byId("citat");
  if (!quotation) return;
  quotation.scrollIntoView({ block: "center" });
  quotation.focus({ preventScroll: true });
});
