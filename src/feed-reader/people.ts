import { type Person, personOf } from "../domain/site.ts";

/** Nobody where the name is empty. */
export const peopleOf = (
  name: string | undefined,
  url: string | undefined,
  email: string | undefined,
): readonly Person[] => (name === undefined || name.trim() === "" ? [] : [personOf(name.trim(), url, email)]);
