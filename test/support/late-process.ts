import { sendToParent, serveParent } from "../../src/processes/child-process.ts";

/** Answers after a while in which it computes nothing. */
serveParent(() => {
  setTimeout(async () => {
    await sendToParent({ kind: "prepared", scaled: [] });
    process.disconnect();
  }, 500);
});
