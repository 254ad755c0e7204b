import { html } from "hono/html";
import { hidden, type PageContent, type Part, type View } from "./parts.ts";
import { longestName } from "./session.ts";

const path = "/console/sign-in";

/** Why the page asks. */
export type SignInCause = "first" | "wrong" | "tooMany" | "nameless" | "usedCode" | "over" | "out";

const alert = (text: Part, more: Part = ""): Part =>
  html`<div class="say bad" role="alert"><p><strong>${text}</strong> ${more}</p></div>`;
const status = (text: Part, more: Part = ""): Part =>
  html`<div class="say" role="status"><p><strong>${text}</strong> ${more}</p></div>`;

const messages: Readonly<Record<SignInCause, Part>> = {
  first: "",
  wrong: alert("That is not the token of this Crier.", "Copy all of it, without a space."),
  tooMany: alert("Too many wrong tokens.", "Wait a minute. The right token is accepted at any time."),
  nameless: alert("Say your name, too.", `It has at most ${longestName} characters.`),
  usedCode: alert(
    "This address does not sign in any more.",
    "It does so once, and within a minute: run npx crier open again, or use the token.",
  ),
  over: alert(
    "Your session is over, and nothing was done.",
    "Sign in to go on: you come back to the page, with one press left.",
  ),
  out: status("You are signed out on this device.", "For a device that you have lost: a new token ends every session."),
};

interface SignIn {
  readonly cause: SignInCause;
  /** The page that follows. */
  readonly to: string;
  readonly name: string;
  /** The code of `npx crier open`, which stands for the token. */
  readonly code?: string | undefined;
  /** A text that was typed before the session was over. */
  readonly kept?: string | undefined;
}

const tokenField = (cause: SignInCause): Part =>
  html`<div class="f"><label for="token">Token</label><p class="hint" id="token-h">On one machine: the content of <code>.crier/token</code>, or run <code>npx crier open</code>, which signs you in. On AWS: what <code>npx crier token</code> prints.</p><input type="password" id="token" name="token" autocomplete="current-password" required aria-describedby="token-h"${cause === "wrong" ? html` aria-invalid="true"` : ""}></div>`;

/** Asks for the token and a name. A code needs a press of the button, so that a browser that loads ahead does not use it. */
export const signInPage = (view: View, { cause, to, name, code, kept }: SignIn): PageContent => {
  const title = cause === "over" ? "Sign in to go on" : "Sign in";
  return {
    title,
    body: html`<div class="narrow">
${messages[cause]}
<h1>${title}</h1>
<form method="post" action="${path}">${view.formToken(path)}${hidden("to", to)}${code === undefined ? tokenField(cause) : hidden("code", code)}
${
  kept === undefined
    ? ""
    : html`<div class="f"><label for="kept">Your text, kept</label><textarea id="kept" name="text" dir="auto" lang="">
${kept}</textarea></div>`
}<div class="f"><label for="name">Your name</label><p class="hint" id="name-h">Others see it beside what you decide.</p><input type="text" id="name" name="name" autocomplete="nickname" maxlength="${longestName}" required aria-describedby="name-h" dir="auto" value="${name}"></div>
<div class="end"><button class="do">Sign in</button></div><p class="hint">You stay signed in for 12 hours on this device.</p></form></div>`,
  };
};
