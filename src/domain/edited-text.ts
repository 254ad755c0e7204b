import type { Delivery } from "./delivery.ts";

/** What the history says of a text that a person edited, and of one that was given up for the document's. */
export const textEdited = "its text was edited by hand";
export const textDropped = "it has the text of its document again, by hand";

/** Why a delivery is held whose document says something else than when its text was edited. */
export const textOvertaken = "its text was edited, and its document says something else now";

/** Said where the editor chose the edited text for that case. */
export const textKept = `${textOvertaken}: the edited text goes out, as its editor chose`;

/** The wording that the document gives the account now. Undefined where no text was edited. */
export type Wording = string | undefined;

/** True where the document says something else than when the text was edited. */
export const isOvertaken = ({ text }: Pick<Delivery, "text">, wording: Wording): boolean =>
  text !== undefined && text.over !== wording;

/** Takes the edited text over what the document says now. */
export const keepText = <D extends Delivery>(delivery: D, wording: Wording): D =>
  delivery.text === undefined || wording === undefined
    ? delivery
    : { ...delivery, text: { ...delivery.text, over: wording } };
