/**
 * What CloudFront runs before its cache, at each request for a feed or a page. Its bucket knows no folders and no
 * content negotiation, and CloudFront compresses neither Atom nor JSON Feed: the compressed files stand beside the plain
 * ones, and this picks one. The address it picks is a part of the cache's key.
 *
 * cloudfront-js-2.0 knows no destructuring, no spread and no for…of ("JavaScript runtime 2.0 features for CloudFront
 * Functions"), and a function that throws is a 503 for every reader; at most 10 KB.
 */

/** Old paths and their new ones: the stack puts the configuration's here. */
const moved = {};

/** Own paths of feeds and the files that stand there: the stack puts the configuration's here. */
const own = {};

const compressed = /\.(?:xml|json|html|opml)$/;

/** How much the reader wants an encoding, from 0 to 1 (RFC 9110 §12.5.3). */
function weight(header, encoding) {
  const choices = header.toLowerCase().split(",");
  let others = 0;
  for (let i = 0; i < choices.length; i++) {
    const parts = choices[i].split(";");
    const name = parts[0].trim();
    let q = 1;
    for (let j = 1; j < parts.length; j++) {
      const parameter = parts[j].trim();
      if (parameter.indexOf("q=") === 0) q = Number(parameter.slice(2)) || 0;
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

// CloudFront calls it by this name.
// biome-ignore lint/correctness/noUnusedVariables: the entry point
function handler(event) {
  const request = event.request;
  // What a table inherits is never a string, and `Object.hasOwn` (ES2022) is not there.
  if (typeof moved[request.uri] === "string") return redirect(moved[request.uri]);
  if (typeof own[request.uri] === "string") request.uri = own[request.uri];
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (last === "") request.uri += "index.html";
  // `//host` would lead to another host (RFC 3986 §4.2), and browsers read `\` as `/`.
  else if (last.indexOf(".") === -1) return redirect(`${request.uri.replace(/^[/\\]+/, "/")}/`);
  const header = request.headers["accept-encoding"];
  if (header !== undefined && compressed.test(request.uri)) request.uri += suffix(header.value);
  return request;
}
