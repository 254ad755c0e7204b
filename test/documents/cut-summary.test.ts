import { describe, expect, it } from "vitest";
import { snippetFor } from "../../src/domain/snippet.ts";
import { aDocument, contentOf } from "./sample-documents.ts";

const first = "We have rewritten the scheduler of our programming language, and it is now twice as fast as before.";
const body = `${first}\n\nIt took a year. The address is https://a.example/2026/scheduler/notes for all of it.`;
const summaryOf = (description: string, text = body) =>
  contentOf(aDocument(`description: ${JSON.stringify(description)}`, text)).summary;

describe("a description that was cut", () => {
  it.each([
    ["within a word", "We have rewritten the scheduler of our programmi"],
    ["within a word, with an ellipsis", "We have rewritten the scheduler of our programmi…"],
    ["with three dots", "We have rewritten the scheduler of our..."],
    ["with an ellipsis in brackets", "We have rewritten the scheduler of our programming [...]"],
    ["in its second paragraph", `${first} It took a ye`],
  ])("%s from the beginning of the body is completed by the body", (_, description) => {
    const content = contentOf(aDocument(`description: ${JSON.stringify(description)}`, body));
    expect(content.summary).toBe(first);
    expect(snippetFor(content, { name: "x", network: "x" }, 0).summary).toBe(first);
  });

  it("is found where the generator wrote other quotation marks", () => {
    const text = "It’s the “scheduler” of our programming language that is twice as fast.";
    expect(summaryOf(`It's the "scheduler" of our programming langu`, text)).toBe(text);
  });

  it.each([
    [
      "within a word of the body",
      "News of today: we have rewritten the scheduler of our programmi",
      "News of today: we have rewritten the scheduler of our…",
    ],
    [
      "within an address of the body",
      "All is told there. The address is https://a.example/2026/sched",
      "All is told there. The address is…",
    ],
    ["within an address, with an ellipsis", "Read all of it at https://b.example/2026/no…", "Read all of it at…"],
    ["within an address without a scheme", "Read all of it at b.example/2026/no...", "Read all of it at…"],
    ["within a link of Markdown", "Read all of it in [the notes](https://b.exam", "Read all of it in the notes…"],
    ["within a reference", "Read all of it, since that&#82", "Read all of it, since that…"],
    [
      "within a bracket",
      "Something new is set by the renderer (e.g. the sched",
      "Something new is set by the renderer…",
    ],
    ["with an ellipsis in brackets", "Something else is here […]", "Something else is here…"],
  ])("%s ends with an ellipsis at the last whole word", (_, description, summary) => {
    const text = `${body.replace("We have rewritten", "Today we have rewritten")} Something new is set by the renderer (e.g. the scheduler).`;
    expect(summaryOf(description, text)).toBe(summary);
  });

  it.each([
    "Feeds",
    "We have rewritten the scheduler of our programming language",
    "What we have learnt while we have rewritten the scheduler of a program",
    "我们重写了编程语言的调度器，它现在的速度是以前的两倍，一年的工作终于完成了，请看看我们为此写下的全部内",
    "How https://a.example/2026/scheduler/notes came about",
    "R&D in [brackets] (and more)",
    "The notes of the new release of TypeScript 5.9…",
    "How you can deploy it to Next.js...",
    "It ends at 9.99…",
    "Some of the schedulers, e.g...",
  ])("is not one that is whole: %s", (description) => {
    const text = `Feedsmith. ${body} 我们重写了编程语言的调度器，它现在的速度是以前的两倍，一年的工作终于完成了，请看看我们为此写下的全部内容。`;
    expect(summaryOf(description, text)).toBe(description);
  });

  it.each([
    ["A comparison of the best web frameworks for Node.js", "."],
    ["A comparison of the best web frameworks for Node.js", "中的框架。"],
    ["What you have to know of the release of TypeScript 5.9", "!"],
    ["Where all of the notes are: the pages of example.org", "."],
    ["How we have built the release with the help of CI/CD", ", and why."],
  ])("is not one that is whole, although the body has it with more: %s%s", (description, more) => {
    expect(summaryOf(description, `${first}\n\nThis is it: ${description}${more}`)).toBe(description);
  });

  it("within a version or a path of the body ends at the last whole word", () => {
    const text = `${first}\n\nWhat you have to know of the release of TypeScript 5.9, and of the folder src/app?`;
    expect(summaryOf("What you have to know of the release of TypeScript 5.", text)).toBe(
      "What you have to know of the release of TypeScript…",
    );
  });
});
