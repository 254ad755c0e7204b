/**
 * CloudFront runs this before its cache, for every request for a feed or a page. S3 has no folders and no content
 * negotiation, and CloudFront compresses neither Atom nor JSON Feed: compressed files are stored next to the plain ones,
 * and this function selects one of them. The selected path is a part of the cache key.
 *
 * cloudfront-js-2.0 has no destructuring, no spread and no for…of ("JavaScript runtime 2.0 features for CloudFront
 * Functions"). If the function throws, every reader gets a 503. Its size is at most 10 KB.
 */

/** Old paths and their new ones, from the configuration: the stack inserts them. */
const redirects = {};

/** The configured paths of feeds and their files: the stack inserts them. */
const feedPaths = {};

const compressed = /\.(?:xml|json|html|opml)$/;

/** Returns the weight of an encoding for the client, from 0 to 1 (RFC 9110 §12.5.3): 0 for what is no number of that range. */
function weight(header, encoding) {
  const choices = header.toLowerCase().split(",");
  let others = 0;
  for (let i = 0; i < choices.length; i++) {
    const parts = choices[i].split(";");
    const name = parts[0].trim();
    let q = 1;
    for (let j = 1; j < parts.length; j++) {
      const parameter = parts[j].trim();
      if (parameter.indexOf("q=") === 0) q = Math.max(0, Number(parameter.slice(2)) || 0);
    }
    if (name === encoding) return q;
    if (name === "*") others = q;
  }
  return others;
}

function suffix(header) {
  const brotli = weight(header, "br");
  const gzip = weight(header, "gzip");
  if (brotli === 0 && gzip === 0) return "";
  return brotli >= gzip ? ".br" : ".gz";
}

function redirect(location) {
  return { statusCode: 301, statusDescription: "Moved Permanently", headers: { location: { value: location } } };
}

// CloudFront calls the function by this name.
// biome-ignore lint/correctness/noUnusedVariables: the entry point
function handler(event) {
  const request = event.request;
  // Inherited properties are never strings, and the engine has no `Object.hasOwn` (ES2022).
  if (typeof redirects[request.uri] === "string") return redirect(redirects[request.uri]);
  if (typeof feedPaths[request.uri] === "string") request.uri = feedPaths[request.uri];
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (last === "") request.uri += "index.html";
  // `//host` would be another host (RFC 3986 §4.2), and browsers read `\` as `/`.
  else if (last.indexOf(".") === -1) return redirect(`${request.uri.replace(/^[/\\]+/, "/")}/`);
  const header = request.headers["accept-encoding"];
  if (header !== undefined && compressed.test(request.uri)) request.uri += suffix(header.value);
  return request;
}
