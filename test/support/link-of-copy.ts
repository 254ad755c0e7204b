interface Copy {
  readonly text: string;
  readonly card: { readonly url: string } | null;
}

/** The address of the post that a copy in the sandbox leads to. Where there is a card, the text may show a part of it only. */
export const linkOfCopy = ({ text, card }: Copy): string | undefined =>
  card?.url ?? /https:\/\/blog\.example\.com\/\S+/.exec(text)?.[0];
