import { expect, test } from "vitest";
import { aClient, aServer, limits } from "./loopback.ts";

test("a site with an internationalised domain name is encoded in the User-Agent", async () => {
  const server = await aServer((_, response) => response.end("hello"));
  await aClient({ about: "https://例え.example/" })(server.url, limits());
  expect(server.requests[0]?.headers["user-agent"]).toBe("Crier (+https://xn--r8jz45g.example/)");
});
