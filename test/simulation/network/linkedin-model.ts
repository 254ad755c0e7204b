import * as z from "zod";
import { hour, type Instant } from "../../../src/domain/time.ts";
import {
  addCopy,
  type Copy,
  copiesOf,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const problem = (status: number, message: string, more: object = {}): Reply => ({
  status,
  body: { status, message, ...more },
});

const notFound = problem(404, "Could not find entity");

/** How long the text of a post is refused, the deleted ones' too. */
const refusesFor = 36 * hour;

const Image = z.object({ id: z.string() });
const Content = z.object({
  article: z.object({ thumbnail: z.string().optional() }).optional(),
  media: Image.optional(),
  multiImage: z.object({ images: z.array(Image) }).optional(),
});

const imagesIn = (content: unknown): readonly string[] => {
  const { article, media, multiImage } = Content.safeParse(content).data ?? {};
  return [article?.thumbnail ?? [], media?.id ?? [], multiImage?.images.map(({ id }) => id) ?? []].flat();
};

/**
 * LinkedIn. It refuses a text that the account has posted within a while, and names the post; that of a deleted one, too,
 * with the URN of a post that nobody has. Half of the logins may read posts. It takes a text with a picture twice.
 */
export const linkedinModel = (ledger: Ledger): NetworkModel => {
  const images = new Set<string>();
  const mine = (login: Login): readonly Copy[] => copiesOf(ledger, "linkedin", login);
  const mayRead = ({ identity }: Login): boolean => /[02468]$/.test(identity);

  const duplicate = (urn: string): Reply =>
    problem(422, `com.linkedin.BadRequestResponseException: Content is a duplicate of ${urn}`, {
      errorDetails: { inputErrors: [{ description: "Duplicate post is detected", code: "DUPLICATE_POST" }] },
    });

  const create = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const { commentary, content } = parseFields(request.body);
    const ids = imagesIn(content);
    const hasCard = Content.safeParse(content).data?.article !== undefined;
    const text = String(commentary);
    const isEqual = (copy: Copy): boolean => copy.content === text && now - copy.arrivedAt < refusesFor;
    const equal = hasCard || ids.length === 0 ? mine(login).findLast(isEqual) : undefined;
    if (equal !== undefined) return duplicate(equal.deleted ? `urn:li:share:${ledger.nextId()}` : equal.id);
    if (!ids.every((id) => images.has(id))) return problem(400, "An image does not exist");
    const id = `urn:li:share:${ledger.nextId()}`;
    const picture = ids.length === 0 ? {} : { picture: ids.join(" ") };
    addCopy(ledger, login, { network: "linkedin", id, content: text, ...picture }, request, now);
    return { status: 201, headers: { "x-restli-id": id }, body: undefined, text: "" };
  };

  const change = (copy: Copy | undefined, login: Login, { method, body }: ModelRequest): Reply => {
    if (method === "GET" && !mayRead(login)) return problem(403, "Not enough permissions to access: posts.GET");
    if (method === "DELETE") {
      if (copy !== undefined) copy.deleted = true;
      return { status: 204, body: undefined };
    }
    if (copy === undefined || copy.deleted) {
      if (copy !== undefined && method === "POST") noteMissing(ledger.copies, copy.id);
      return notFound;
    }
    if (method === "GET") return { status: 200, body: { id: copy.id, commentary: copy.content } };
    const { $set: set } = parseFields(JSON.stringify(parseFields(body).patch));
    copy.content = String(parseFields(JSON.stringify(set)).commentary);
    return { status: 204, body: undefined };
  };

  const upload = ({ method }: ModelRequest): Reply => {
    if (method === "PUT") return { status: 201, body: undefined, text: "" };
    const image = `urn:li:image:${ledger.nextId()}`;
    images.add(image);
    return { status: 200, body: { value: { uploadUrl: `https://www.linkedin.com/dms-uploads/${image}`, image } } };
  };

  return {
    network: "linkedin",
    handle: (request, now) => {
      const token = request.headers.get("authorization")?.replace("Bearer ", "");
      const login = ledger.logins.find(({ secret, valid }) => valid && secret.accessToken === token);
      if (login === undefined) return problem(401, "The token used in the request has been revoked by the user");
      const { pathname } = request.url;
      const member = login.identity.replace("linkedin.com, member ", "");
      if (pathname === "/v2/userinfo") return { status: 200, body: { sub: member, name: member } };
      if (pathname.startsWith("/dms-uploads/") || pathname === "/rest/images") return upload(request);
      if (pathname === "/rest/posts") return create(login, request, now);
      const urn = decodeURIComponent(pathname.split("/").at(-1) ?? "");
      return change(
        mine(login).find(({ id }) => id === urn),
        login,
        request,
      );
    },
    tooMany: (_, wait) => ({
      ...problem(429, "Resource level throttle limit reached"),
      headers: { "retry-after": String(Math.ceil(wait / 1000)) },
    }),
  };
};
