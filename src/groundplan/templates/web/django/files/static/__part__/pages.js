// The dialog of a list: HTMX puts a form into it, and the server says when it may close.

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");

body.addEventListener("htmx:afterSwap", () => {
  if (!dialog.open) dialog.showModal();
  body.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
});

// Sent by the server with HX-Trigger after something was saved or deleted; the rows load themselves anew.
document.body.addEventListener("rows-changed", () => dialog.close());

dialog.addEventListener("click", (event) => {
  const outside = event.target === dialog;
  const cancel = event.target.closest("[data-close]");
  if (!outside && !cancel) return;
  event.preventDefault();
  dialog.close();
});

dialog.addEventListener("close", () => body.replaceChildren());

// A session that ended meanwhile: HTMX is redirected to the sign-in page, so the whole page has to go there.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const signIn = new URL(event.detail.xhr.responseURL).pathname.endsWith("/accounts/login/");
  if (!signIn) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});
