import type { DefinedNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import { variableFor } from "../../src/runtimes/local/environment-secrets.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { aContent } from "./builders.ts";
import { aConfiguredAccount, methodsOf } from "./configured-account.ts";
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

/** What a network is sent of a post, by the request that it composes. */
const shownBy = (network: DefinedNetwork) => {
  const account = aConfiguredAccount({ name: network.name, network: network.name });
  const { request, limit, cost } = network.compose(aSnippet({ text: "Own words.", title, image, content }), account);
  const has = (text: string): boolean => JSON.stringify(request).includes(text);
  const isWhole = has(body);
  const readsPage = request.unfurl_links !== false && !isWhole;
  const fromPage = readsPage ? "from the page" : "no";
  return {
    text: isWhole ? "the whole post" : limit.toLocaleString("en"),
    card: !isWhole && has(title) ? "Crier's own" : fromPage,
    image: imageOf(network, has(image.url) ? "yes" : !has(title) ? fromPage : "no"),
    alt: has(image.alt) ? "yes" : takesSetting(network) && takesFile(network, { image: true }) ? "with `image`" : "no",
    cost: cost === undefined ? "nothing" : `$${cost.toFixed(3)}`,
  };
};

/** A network that is sent the picture's bytes needs no address of it. Some are only where the account says so. */
const imageOf = (network: DefinedNetwork, otherwise: string): string => {
  if (takesFile(network, {})) return "yes";
  return takesSetting(network) && otherwise !== "yes" ? `${otherwise}, or with \`image\`` : otherwise;
};

const takesFile = (network: DefinedNetwork, settings: object): boolean =>
  network.picture?.(accountOn(network, settings)) !== undefined;

const accountOn = ({ name }: DefinedNetwork, settings: object) =>
  aConfiguredAccount({ name, network: name, settings: { ...settings } });

const takesSetting = ({ settings }: DefinedNetwork): boolean => settings.safeParse({ image: true }).success;

const heads = [
  "Network",
  "`network`",
  "Text",
  "Link card",
  "Picture",
  "Its alternative text",
  "Edits",
  "Deletes",
  "A second copy is ruled out by",
  "A post costs",
  "Variables of an account with the network's name",
];

const rowOf = (network: DefinedNetwork): readonly string[] => {
  const { edit, remove } = methodsOf(network);
  const { text, card, image, alt, cost } = shownBy(network);
  const variables = Object.keys(network.credentials.shape).map((field) => `\`${variableFor(network.name, field)}\``);
  const label = emulators.find((emulator) => emulator.network === network.name)?.title ?? network.name;
  const can = [edit, remove].map((method) => (method ? "yes" : "no"));
  return [
    label,
    `\`${network.name}\``,
    text,
    card,
    image,
    alt,
    ...can,
    once[network.offers],
    cost,
    variables.join(" "),
  ];
};

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table of the README: what is known of each network of the registry. */
export const networkTable = (): string =>
  [line(heads), `|${heads.map(() => "---").join("|")}|`, ...networks.map((network) => line(rowOf(network)))].join("\n");
