import type { Answer, Sizes } from "./findings.ts";
import { askBurst } from "./question-burst.ts";
import { askCategories } from "./question-categories.ts";
import { askCorpus } from "./question-corpus.ts";
import { askCounts } from "./question-counts.ts";
import { askFeed } from "./question-feed.ts";
import { askImport } from "./question-import.ts";
import { askOneMore } from "./question-one-more.ts";
import { askServing } from "./question-serving.ts";

/** In the order of the document. Undefined where a question cannot be answered here. */
export const questions: Readonly<Record<string, (sizes: Sizes) => Promise<Answer | undefined>>> = {
  import: askImport,
  counts: askCounts,
  categories: askCategories,
  "one-more": askOneMore,
  feed: askFeed,
  burst: askBurst,
  serving: askServing,
  corpus: askCorpus,
};
