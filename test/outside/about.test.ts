import { expect, test } from "vitest";
import { aClient, aServer, bounds } from "./loopback.ts";

test("a site whose address is written in other letters can ask, too", async () => {
  const server = await aServer((_, response) => response.end("hello"));
  await aClient({ about: "https://例え.example/" })(server.url, bounds);
  expect(server.requests[0]?.headers["user-agent"]).toBe("Crier (+https://xn--r8jz45g.example/)");
});
