import { expect, test } from "vitest";
import { historyLines } from "../../src/cli/history.ts";
import { aDeliveryAnswer } from "../support/answers.ts";

const entry = (
  at: string,
  state: string,
  attempt: number | null = null,
  reason: string | null = null,
  by: string | null = null,
) => ({
  at: `2026-03-01T${at}Z`,
  state,
  attempt,
  reason,
  by,
});

test("what happened to a delivery is a timeline, in the site's time zone", () => {
  const history = {
    planned: "2026-03-01T08:00:00Z",
    by: "Ada",
    first: [
      entry("08:00:00", "pending", null, "scheduled"),
      entry("08:30:00", "pending", null, "waits until 10:00 Europe/Berlin: quiet hours"),
      entry("09:00:00", "sending", 1),
      entry("09:00:01", "unsettled", null, "no answer"),
      entry("09:02:00", "unsettled", 2),
    ],
    omitted: 12,
    last: [
      entry("10:00:00", "posted"),
      entry("11:00:00", "editing", 1),
      entry("11:00:02", "posted"),
      entry("11:30:00", "held", null, "by hand, until you release it", "Ada"),
      entry("12:00:00", "deleting", 2),
      entry("12:00:01", "deleting", null, "429"),
      entry("13:00:00", "elsewhere"),
    ],
  };
  expect(historyLines([aDeliveryAnswer({ history }), aDeliveryAnswer()], "Europe/Berlin")).toEqual([
    "",
    "  x  post.x.0  (Europe/Berlin)",
    "    2026-03-01 09:00:00  planned, by Ada",
    "    2026-03-01 09:00:00  waits: scheduled",
    "    2026-03-01 09:30:00  waits until 10:00 Europe/Berlin: quiet hours",
    "    2026-03-01 10:00:00  sent",
    "    2026-03-01 10:00:01  not known yet whether it was posted: no answer",
    "    2026-03-01 10:02:00  looked for on the network, or sent again (2)",
    "    … 12 more",
    "    2026-03-01 11:00:00  posted",
    "    2026-03-01 12:00:00  edit sent",
    "    2026-03-01 12:00:02  edited",
    "    2026-03-01 12:30:00  held: by hand, until you release it, by Ada",
    "    2026-03-01 13:00:00  deletion sent (2)",
    "    2026-03-01 13:00:01  the deletion waits: 429",
    "    2026-03-01 14:00:00  elsewhere",
  ]);
});
