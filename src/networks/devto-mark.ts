/**
 * The last line of the Markdown of an article that Crier makes. DEV leaves comments out of its pages. The account's other
 * articles may have the post's address, too: imported from the feed, or written by hand. They are their author's.
 */
const mark = "<!-- Crier -->";

export const withMark = (body: string): string => `${body}\n\n${mark}`;

export const hasMark = (body: string): boolean => body.trimEnd().endsWith(mark);
