import { describe, expect, it } from "vitest";
import { contentOf, warnings } from "./sample-documents.ts";

/** A generated article with all that such articles have, the wrong encoding included. */
const article = `---
title: "Bees: Beyond the Hive â€“ How a City Learns to Hum"
date: "2026-03-18T20:35:58.533Z"
slug: "bees-beyond-the-hive"
excerpt: "Social Snippet:  \\"Did you know a roof can feed a thousand bees â€“ and you can help?\\""
metaDescription: "Social Snippet:  \\"Did you know a roof can feed a thou..."
category: "Bees"
categories: [{"type":"exact","name":"Bees"},{"type":"general","name":"Nature"},{"type":"medium","name":"Urban Gardens"}]
status: "new"
trending: true
featured: true
image: "https://images.example.org/photo-1?q=85&w=1200&fm=webp"
imageAlt: "Bees: Beyond the Hive â€“ How a City Learns to Hum"
imageCredit: "Photo by [Jo](https://images.example.org/@jo) on Example"
keywords: []
readingTime: 5
socialShare: "The most surprising thing about bees isn't the honey."
generatedBy: "A model"
---



**Social Snippet:**  "Did you know a roof can feed a thousand bees â€“ and you can help?"

The city is buzzing about bees. But what *truly* makes them stay?  ${"This is a sentence of the first paragraph. ".repeat(8)}

## What they need

* ðŸ”‘ **Flowers:**  All year.
* âœ… **Water:**  Shallow.

![A hive on a roof.](https://images.example.org/photo-2?q=85&w=1200)
*Photo by [Bo ðŸ“· Li](https://images.example.org/@bo) on Example*

**Step 1:** Plant.
**Step 2:** Wait.

> **Pro Tip:** Do not mow.


<div class="reading-progress-container">
  <div id="reading-progress" class="reading-progress"></div>
</div>
`;

describe("a generated article", () => {
  const content = contentOf(article);

  it("is read without a warning", () => {
    expect(warnings(article)).toEqual([]);
  });

  it("becomes a post with all fields, repaired and cleaned", () => {
    expect(content).toMatchObject({
      title: "Bees: Beyond the Hive – How a City Learns to Hum",
      slug: "bees-beyond-the-hive",
      published: Date.parse("2026-03-18T20:35:58.533Z"),
      categories: [
        { name: "Bees", type: "exact" },
        { name: "Nature", type: "general" },
        { name: "Urban Gardens", type: "medium" },
      ],
      image: {
        url: "https://images.example.org/photo-1?q=85&w=1200&fm=webp",
        alt: "Bees: Beyond the Hive – How a City Learns to Hum",
        creditHtml: 'Photo by <a href="https://images.example.org/@jo">Jo</a> on Example',
        credit: "Photo by Jo on Example",
      },
      featured: true,
      trending: true,
      readingTime: 5,
      disclosure: "A model",
      social: {
        off: false,
        share: "The most surprising thing about bees isn't the honey.",
        snippet: "Did you know a roof can feed a thousand bees – and you can help?",
      },
      hold: undefined,
    });
  });

  it("has the first sentences of its text as summary", () => {
    expect(content.summary).toMatch(
      /^The city is buzzing about bees\. But what truly makes them stay\? This is a sentence .*paragraph\.$/,
    );
    expect(content.summary.length).toBeLessThanOrEqual(300);
  });

  it("keeps what is for readers, and nothing else", () => {
    expect(content.html).not.toMatch(/Social Snippet|progress|div|â/);
    expect(content.html).toContain(
      "<li>🔑 <strong>Flowers:</strong>  All year.</li>\n<li>✅ <strong>Water:</strong>  Shallow.</li>",
    );
    expect(content.html).toContain(
      '<figcaption>Photo by <a href="https://images.example.org/@bo">Bo 📷 Li</a> on Example</figcaption></figure>',
    );
    expect(content.html).toContain("<p><strong>Step 1:</strong> Plant.<br />\n<strong>Step 2:</strong> Wait.</p>");
    expect(content.html).toMatch(/<blockquote>\n<p><strong>Pro Tip:<\/strong> Do not mow\.<\/p>\n<\/blockquote>$/);
  });
});
