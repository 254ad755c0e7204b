import type { DefinedNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import { variableFor } from "../../src/runtimes/local/environment-secrets.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { aContent } from "./builders.ts";
import { aConfiguredAccount, methodsOf, takesSettings } from "./configured-account.ts";
import { aSnippet } from "./snippets.ts";

const once = {
  key: "a key of its own",
  refuse: "refusing an equal post",
  read: "reading the timeline",
  none: "nothing",
};

const image = { url: "https://blog.example.com/picture.jpg", alt: "What the picture shows" };
const title = "The title of the card";
const body = "The whole of the body";
const content = aContent({ html: `<p>${body}</p>`, title, image });

/** Describes the parts of a post that a network is sent, by the request that it composes. */
const shownBy = (network: DefinedNetwork) => {
  const snippet = aSnippet({ text: "Own words.", title, image, content });
  const { request, limit, cost } = network.compose(snippet, accountOn(network, {}));
  const has = (text: string): boolean => JSON.stringify(request).includes(text);
  const says = (settings: object): boolean =>
    takesFile(network, settings) ||
    JSON.stringify(network.compose(snippet, accountOn(network, settings)).request).includes(image.alt);
  const isWhole = has(body);
  const readsPage = request.unfurl_links !== false && !isWhole;
  const fromPage = readsPage ? "from the page" : "no";
  return {
    text: isWhole ? "the whole post" : limit.toLocaleString("en"),
    card: !isWhole && has(title) ? "Crier's own" : fromPage,
    image: imageOf(network, has(image.url) ? "yes" : !has(title) ? fromPage : "no"),
    alt: has(image.alt) ? "yes" : takesSetting(network) && says({ image: true }) ? "with `image`" : "no",
    cost: cost === undefined ? "nothing" : `$${cost.toFixed(3)}`,
  };
};

/** A network that is sent the picture's bytes needs no address of it. Some are only where the account says so. */
const imageOf = (network: DefinedNetwork, otherwise: string): string => {
  if (takesFile(network, {})) return "yes";
  return takesSetting(network) && otherwise !== "yes" ? `${otherwise}, or with \`image\`` : otherwise;
};

const takesFile = (network: DefinedNetwork, settings: object): boolean =>
  network.picture?.(accountOn(network, settings), {}) !== undefined;

const accountOn = ({ name }: DefinedNetwork, settings: object) =>
  aConfiguredAccount({ name, network: name, settings: { ...settings } });

const takesSetting = (network: DefinedNetwork): boolean => takesSettings(network, { image: true });

interface Column {
  readonly head: string;
  readonly cellOf: (network: DefinedNetwork) => string;
}

const name: Column = {
  head: "Network",
  cellOf: ({ name: own }) => emulators.find((emulator) => emulator.network === own)?.title ?? own,
};
const text: Column = { head: "Text", cellOf: (network) => shownBy(network).text };
const picture: Column = { head: "Picture", cellOf: (network) => shownBy(network).image };
const edits: Column = { head: "Edits", cellOf: (network) => (methodsOf(network).edit ? "yes" : "no") };

const columns: readonly Column[] = [
  name,
  { head: "`network`", cellOf: (network) => `\`${network.name}\`` },
  text,
  { head: "Link card", cellOf: (network) => shownBy(network).card },
  picture,
  { head: "Its alternative text", cellOf: (network) => shownBy(network).alt },
  edits,
  { head: "Deletes", cellOf: (network) => (methodsOf(network).remove ? "yes" : "no") },
  { head: "A second copy is ruled out by", cellOf: (network) => once[network.offers] },
  { head: "A post costs", cellOf: (network) => shownBy(network).cost },
  {
    head: "Variables of an account with the network's name",
    cellOf: ({ name: own, credentials }) =>
      Object.keys(credentials.shape)
        .map((field) => `\`${variableFor(own, field)}\``)
        .join(" "),
  },
];

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const tableOf = (shown: readonly Column[]): string =>
  [
    line(shown.map(({ head }) => head)),
    `|${shown.map(() => "---").join("|")}|`,
    ...networks.map((network) => line(shown.map(({ cellOf }) => cellOf(network)))),
  ].join("\n");

/** The tables of the networks by the page that has them, made from the facts of each network of the registry. */
export const networkTables = (): Readonly<Record<string, string>> => ({
  "README.md": tableOf([name, text, picture, edits]),
  "docs/networks.md": tableOf(columns),
});
