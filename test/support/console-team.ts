import { anAccount } from "./builders.ts";
import { aConsole, aSignedInBrowser } from "./console-browser.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "./world.ts";

export const paper = (name: string, more: object = {}) => anAccount({ name, network: "paper", ...more });

/** The console of a site with two accounts, and the browser of somebody who has signed in. */
export const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  return { world, browser: await aSignedInBrowser(aConsole(world).app) };
};

export const publish = async (world: World, slug: string, fields: Readonly<Record<string, unknown>> = {}) => {
  await world.plan(slug, aDocument({ title: `About ${slug}`, ...fields }));
  await world.sweep();
};

/** Two people at the console of such a site. */
export const twoEditors = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  const { app } = aConsole(world);
  const [ada, bob] = [await aSignedInBrowser(app, "Ada"), await aSignedInBrowser(app, "Bob")];
  const states = async (slug = "tea") =>
    (await world.deliveries(slug)).map(({ account, state }) => `${account} ${state}`);
  return { world, app, ada, bob, states };
};
