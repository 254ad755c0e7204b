/** A link from one document to another, as its author wrote it. */
export type Reference =
  /** `./other.md`, `{% link _posts/a.md %}`. One that begins with `/` starts at the folder of all documents. */
  | { readonly kind: "file"; readonly path: string }
  /** `{% post_url 2026-01-01-a %}`, `{% post_link a %}`. */
  | { readonly kind: "post"; readonly name: string }
  /** `{{< ref "a.md" >}}`, `{{< relref "/posts/a#b" >}}`: a path, with or without its extension, or the name of a file. */
  | { readonly kind: "ref"; readonly target: string };

/** The URL of the post that a document refers to; undefined where no post is known. */
export type ResolveReference = (reference: Reference) => string | undefined;

/** References that are followed in one document. */
export const maxReferences = 100;

/** Two references with one key lead to one place. */
export const referenceKey = (reference: Reference): string => JSON.stringify(reference);

/** As its author wrote it. */
export const targetOf = (reference: Reference): string => {
  if (reference.kind === "file") return reference.path;
  return reference.kind === "post" ? reference.name : reference.target;
};
