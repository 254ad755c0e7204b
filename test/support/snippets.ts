import type { Snippet } from "../../src/domain/snippet.ts";
import { start } from "./builders.ts";

export const aSnippet = (overrides: Partial<Snippet> = {}): Snippet => ({
  text: "What a hundred feeds taught us about dates.",
  title: "A Hundred Feeds",
  summary: "Dates are the first thing that goes wrong.",
  url: "https://blog.example.com/a-hundred-feeds/",
  tags: ["#Feeds", "#OpenWeb"],
  language: "en",
  createdAt: start,
  ...overrides,
});
