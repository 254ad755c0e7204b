import { html } from "hono/html";
import type { Shown } from "../app/deliver/desired-state.ts";
import {
  measureText,
  readDocumentShown,
  readText,
  saveText,
  type TextTarget,
  useDocumentText,
} from "../app/deliver/edit-text.ts";
import { postsNamed } from "../app/status/find-post.ts";
import type { AccountText, DeliveryStatus, MeasuredText } from "../contract/deliveries.ts";
import { whenSent } from "./acts.ts";
import { type Act, type ActCall, nothingDone, refusalText, type Seen, sincePage } from "./outcomes.ts";
import {
  act,
  type Html,
  hidden,
  type Note,
  type PageContent,
  type Part,
  postHref,
  seenDelivery,
  seenField,
  seenIn,
  type View,
} from "./parts.ts";
import { dayAndTime, sentence } from "./words.ts";

/** The text of a post for one account, and what a person decides about it. */

type EditedText = NonNullable<DeliveryStatus["text"]>;

/** `Text edited here by Editor A, today 13:55`. */
export const editedBy = ({ by, at }: EditedText, { now, site }: Pick<View, "now" | "site">): string =>
  `Text edited here${by === undefined ? "" : ` by ${by}`}, ${dayAndTime(at, now, site.timeZone)}`;

const unsent: readonly string[] = ["pending", "held", "failed"];

/** True where the text of a delivery may still be another one. */
const isEditable = ({ account, state: now }: DeliveryStatus, { ports }: Pick<View, "ports">): boolean => {
  const known = ports.accounts.find(({ name }) => name === account);
  return unsent.includes(now) && known !== undefined && ports.networks.get(known.network).sendsPost?.(known) !== true;
};

export const textPath = "/console/text";
export const lengthPath = "/console/text/length";
const saveAct = "text";
const documentAct = "document-text";

const ofDelivery = (delivery: DeliveryStatus) => seenField([seenDelivery(delivery)]);

/** The link to the text of a delivery. Undefined where it cannot be another one. */
export const editLink = (delivery: DeliveryStatus, post: string, view: View): readonly Html[] =>
  isEditable(delivery, view)
    ? [
        html`<a class="alt plain" href="${view.href(textPath, { post, account: delivery.account })}">Edit the text …<span class="vh"> for ${delivery.account}</span></a>`,
      ]
    : [];

/** True where a person has to choose between an edited text and what its document says now. */
export const isUndecided = ({ state: now, hold, text }: DeliveryStatus): boolean => {
  if (now === "held" && hold === "text") return true;
  const mayBeApproved = now === "pending" || (now === "held" && hold === "approval");
  return mayBeApproved && text?.overtaken === true && text.ifOvertaken === "ask";
};

/** The document's texts in the place of the edited ones that it has overtaken, by the ids of the deliveries. */
export type DocumentTexts = ReadonlyMap<string, Shown>;

export const readDocumentTexts = async (
  deliveries: readonly DeliveryStatus[],
  { site, ports }: Pick<View, "site" | "ports">,
): Promise<DocumentTexts> => {
  const found = deliveries
    .filter(isUndecided)
    .map(async ({ id }) => [id, await readDocumentShown(site, id, ports)] as const);
  return new Map((await Promise.all(found)).flatMap(([id, shown]) => (shown === undefined ? [] : [[id, shown]])));
};

/** All that readers would see, with its length, and what the network would lose of it. */
export const shownText = ({ text, contentWarning, card, length, limit, cut, warnings }: Shown): Html =>
  html`${contentWarning === undefined ? "" : html`<p class="hint">Behind the content warning “<span dir="auto">${contentWarning}</span>”:</p>`}<div class="copy" dir="auto" lang="">${text}${card === undefined ? "" : html`<span class="card"><strong>${card.title}</strong> ${card.description}<small>The link’s card${card.picture ? ", with a picture" : ""}</small></span>`}</div>${length === undefined || limit === undefined ? "" : html`<p class="len${cut ? " over" : ""}">${length.toLocaleString("en")} of ${limit.toLocaleString("en")}${cut ? ": cut" : ""}</p>`}${warnings.map((warning) => html`<p class="len over">${sentence(warning)}</p>`)}`;

/** Both texts, whole: whoever chooses one has read it. */
export const bothTexts = (edited: Shown, document: Shown): Html =>
  html`<p class="hint">The edited text:</p>${shownText(edited)}<p class="hint">The document’s:</p>${shownText(document)}`;

/**
 * Both ways out for an edited text that its document overtook, on a page that shows both: on an account with approvals,
 * the choice is the approval of the text that was read.
 */
export const overtakenActs = (delivery: DeliveryStatus, document: Shown, view: View): readonly Html[] => {
  const { account } = delivery;
  const fields = ofDelivery(delivery);
  const asks = view.ports.accounts.some(({ name, approve }) => name === account && approve);
  return [
    act(view, asks ? "approve" : "release", "Send mine", { about: `on ${account}`, kind: "do", fields }),
    act(view, documentAct, "Send the document’s", {
      about: `on ${account}`,
      fields: [...fields, ["read", document.hash]],
    }),
  ];
};

/** The way back from an edited text that is out, where the network has edits. */
export const sendDocuments = (delivery: DeliveryStatus, view: View): readonly Html[] =>
  delivery.state === "posted" &&
  delivery.text?.overtaken === true &&
  view.ports.networks.get(delivery.network).keepsTexts !== true
    ? [
        act(view, documentAct, "Send the document’s as an edit", {
          about: `on ${delivery.account}`,
          fields: ofDelivery(delivery),
        }),
      ]
    : [];

/** Who edited the text of a delivery, and what its document says since. */
export const editedLine = ({ text, state: now }: DeliveryStatus, view: View): readonly string[] => {
  if (text === undefined) return [];
  const since =
    text.overtaken && !unsent.includes(now)
      ? " The document says something else since."
      : text.overtaken
        ? " Its document says something else now."
        : "";
  return [`${editedBy(text, view)}.${since}`];
};

/** `198 of 300`, `312 of 300: 12 too many`. */
const lengthText = ({ length, limit, over, posts }: MeasuredText): string => {
  const [of, replies] = [`${length.toLocaleString("en")} of ${limit.toLocaleString("en")}`, posts - 1];
  if (over > 0) return `${of}: ${over.toLocaleString("en")} too many`;
  return replies > 0 ? `${of}, and ${replies === 1 ? "one reply" : `${replies} replies`}` : of;
};

const addedText = ({ above, below, card }: MeasuredText): string => {
  const link = card ? ["the link card"] : [];
  const parts = [...link, ...below.split(/\s+/).filter((word) => word !== "")];
  const under =
    parts.length === 0 ? [] : [`${parts.join(" and ").replaceAll(/ and (#\S+)(?= and #)/g, " $1")} below it`];
  const over = above === "" ? [] : [`“${above}” above it`];
  const all = [...over, ...under];
  return all.length === 0 ? "" : ` Crier adds ${all.join(", and ")}.`;
};

/** What saving does, by the state of the delivery. */
const whatSavingDoes = ({ account, delivery }: AccountText, { ports }: View): string => {
  switch (delivery?.state) {
    case "failed":
      return "It failed, and is not sent before somebody sends it again.";
    case "held":
      if (delivery.hold === "text")
        return "Its document says something else than when the text was edited, so neither of the two goes out. When you save a text, that one goes out.";
      return delivery.hold === "approval"
        ? "It waits for an approval: the text that you save needs it, too."
        : "It is held, and stays held when you save.";
    default:
      return ports.accounts.some(({ name, approve }) => name === account && approve)
        ? "It goes out in its turn, with the text that you save, after your approval."
        : "It goes out in its turn, with the text that you save.";
  }
};

const copy = (title: string, text: string, isOpen: boolean): Html =>
  html`<details${isOpen ? html` open` : ""}><summary>${title}</summary><div class="copy" dir="auto" lang="">${text}</div></details>`;

/** `counted`: of what was typed, where the form was refused. */
const editForm = (text: AccountText, counted: MeasuredText | undefined, view: View): Html => {
  const { post, account } = targetOfView(view);
  const typed = view.typed?.get("text") ?? undefined;
  const value = typed ?? text.value;
  const isUnsaved = typed !== undefined && typed.trim() !== text.value;
  const measured = typed === undefined ? text : counted;
  const { delivery, document } = text;
  const path = `/console/act/${saveAct}`;
  const isOver = (measured?.over ?? 0) > 0;
  const chosen = view.typed?.get("ifOvertaken") ?? delivery?.text?.ifOvertaken ?? "ask";
  const radio = (name: string, label: string, hint: Part): Html =>
    html`<div class="pick"><input type="radio" name="ifOvertaken" id="${name}" value="${name}"${name === chosen ? html` checked` : ""}><label for="${name}">${label}</label>${hint}</div>`;
  const seen = delivery === undefined ? (text.shown ?? "") : seenDelivery(delivery);
  return html`<form method="post" action="${view.href(path)}">${view.formToken(path)}${hidden("from", view.here)}${hidden("to", toPost(text, view))}${hidden("post", post)}${hidden("account", account)}${hidden(delivery === undefined ? "shown" : "delivery", seen)}
<div class="f"><label for="text">Text</label><p class="hint" id="text-h">${isUnsaved ? "This text is not saved yet." : delivery?.text === undefined ? "This is what the document says." : sentence(editedBy(delivery.text, view))}${addedText(text)}</p>
<textarea id="text" name="text" dir="auto" lang="" data-length="${view.href(lengthPath)}" data-form="${view.tokenFor(lengthPath)}" aria-describedby="text-h text-n"${isOver ? html` aria-invalid="true"` : ""}>
${value}</textarea>
<p class="len${isOver ? " over" : ""}" id="text-n"><output for="text">${measured === undefined ? "" : lengthText(measured)}</output></p></div>
<fieldset class="f"><legend>If the document’s text for ${text.account} changes before it goes out</legend>${radio("ask", "Hold it and ask me", html`<p class="hint">Neither text goes out by itself.</p>`)}${radio("mine", "Send this text", "")}</fieldset>
<div class="end"><button class="do">Save the text</button><a href="${toPost(text, view)}">Cancel</a></div></form>
${delivery?.text === undefined ? "" : copy("What the document says", document, delivery.text.overtaken)}${isUnsaved ? copy("The text as it is saved now", text.value, true) : ""}`;
};

const toPost = ({ slug }: AccountText, view: View): string => postHref(view, slug);

const targetOfView = (view: View) => ({ post: view.query("post") ?? "", account: view.query("account") ?? "" });

export const textPage = async (view: View): Promise<PageContent | undefined> => {
  const target = targetOfView(view);
  const text = await readText(view.site, target, view.ports);
  if (text === undefined) return undefined;
  const title = `The text for ${target.account}`;
  if (!("value" in text))
    return {
      title,
      body: html`<div class="narrow"><h1>${title}</h1><p class="lead">${refusalText(text.problem, view.ports, target.account)}</p></div>`,
    };
  const { problem, delivery } = text;
  const typed = view.typed?.get("text") ?? undefined;
  const measured = typed === undefined ? undefined : await measureText(view.site, target, typed, view.ports);
  const [post] = await postsNamed(view.site, target.post, view.ports);
  const back =
    delivery?.text === undefined || problem !== undefined ? "" : html`<div class="end">${backForm(text, view)}</div>`;
  return {
    title,
    body: html`<div class="narrow"><p class="hint" dir="auto"><a href="${toPost(text, view)}">${post?.title ?? text.slug}</a></p><h1>${title}</h1>
<p class="lead">${problem === undefined ? whatSavingDoes(text, view) : refusalText(problem, view.ports, target.account)}</p>
${problem === undefined ? editForm(text, measured !== undefined && "length" in measured ? measured : undefined, view) : [...(typed === undefined ? [] : [copy("The text that you wrote", typed, true)]), copy("The text", text.value, true)]}${back}</div>`,
  };
};

const backForm = (text: AccountText, view: View): Html => {
  const path = `/console/act/${documentAct}`;
  const { delivery } = text;
  const fields = delivery === undefined ? "" : hidden("delivery", seenDelivery(delivery));
  return html`<form method="post" action="${view.href(path)}">${view.formToken(path)}${hidden("from", view.here)}${hidden("to", toPost(text, view))}${fields}<button class="plain">Use the document’s text again</button></form>`;
};

const nothingSaved = (problem: string, { ports }: Pick<ActCall, "ports">, account: string): Note => ({
  isProblem: true,
  bold: `Nothing was saved. ${refusalText(problem, ports, account)}`,
  more: [],
});

/** A form names the text by its delivery, with the version that was seen, or by a post and an account before it is planned. */
const targetOfForm = (
  form: URLSearchParams,
): { readonly target: TextTarget; readonly seen: ReturnType<typeof seenIn>[number] } => {
  const [seen] = seenIn(form);
  if (seen !== undefined) return { target: { delivery: seen.id }, seen };
  const target = { post: form.get("post") ?? "", account: form.get("account") ?? "" };
  return { target, seen: { id: "", version: undefined, shown: form.get("shown") || undefined } };
};

const save: Act = async (call) => {
  const { form, site, ports, by, now } = call;
  const { target, seen } = targetOfForm(form);
  const ifOvertaken = form.get("ifOvertaken") === "mine" ? "mine" : "ask";
  const answer = await saveText(site, target, { text: form.get("text") ?? "", ifOvertaken }, { by, seen }, ports);
  if (answer === undefined) return nothingSaved("there is no such post", call, "");
  if ("problem" in answer) {
    if ("isInvalid" in answer) return { ...nothingSaved(answer.problem, call, ""), isInvalid: true };
    return overtaken(answer, seen, call);
  }
  const { delivery } = answer;
  return {
    isProblem: false,
    bold:
      delivery.text === undefined
        ? `The text for ${delivery.account} is that of the document: nothing is edited.`
        : `The text for ${delivery.account} is saved.`,
    more: [
      delivery.state === "pending"
        ? await whenSent([delivery], { site, ports, now })
        : delivery.state === "failed"
          ? "It is not sent before somebody sends it again."
          : "It stays held.",
    ],
  };
};

const overtaken = async (
  { problem, delivery }: { readonly problem: string; readonly delivery?: DeliveryStatus },
  seen: Seen,
  call: ActCall,
): Promise<Note> => {
  const account = call.form.get("account") ?? delivery?.account ?? "";
  if (delivery === undefined) return nothingSaved(problem, call, account);
  const { isText, what } = await sincePage(delivery, seen, call);
  const bold = `Nothing was saved. ${isText ? `The text for ${account}` : `It`} has changed${isText ? "" : ` on ${account}`} since you opened the page.${what}`;
  return {
    isProblem: true,
    bold,
    more: ["Your text is still here: read what has changed, and save it again if you mean it."],
  };
};

const documents: Act = async (call) => {
  const { form, site, ports, by, now } = call;
  const { target, seen } = targetOfForm(form);
  const answer = await useDocumentText(site, target, { by, seen }, ports, form.get("read") ?? undefined);
  if (answer === undefined) return nothingSaved("there is no such post", call, "");
  if ("problem" in answer) {
    const current = "delivery" in answer ? answer.delivery : undefined;
    return nothingDone(
      current === undefined
        ? refusalText(answer.problem, ports)
        : `It has changed since you opened the page.${(await sincePage(current, seen, call)).what}`,
    );
  }
  const { delivery, already } = answer;
  const { account } = delivery;
  return {
    isProblem: false,
    bold: already
      ? `The text for ${account} is that of the document already.`
      : `The text for ${account} is that of the document again.`,
    more: [
      delivery.state === "posted"
        ? "Its copy is edited as soon as the network takes the request."
        : delivery.state === "pending"
          ? await whenSent([delivery], { site, ports, now })
          : delivery.hold === "approval"
            ? "It waits for your approval."
            : "It stays as it is.",
    ],
  };
};

export const textActs: Readonly<Record<string, Act>> = { [saveAct]: save, [documentAct]: documents };

/** Counts what a person types, as the network does. Undefined where it cannot be counted. */
export const countText = async ({ form, site, ports }: Pick<ActCall, "form" | "site" | "ports">) => {
  const measured = await measureText(site, targetOfForm(form).target, form.get("text") ?? "", ports);
  return measured !== undefined && "length" in measured
    ? { text: lengthText(measured), over: measured.over > 0 }
    : undefined;
};
