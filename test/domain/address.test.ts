import { expect, test } from "vitest";
import { isMadeOfSlug, pageAddress, parseAddress, postPath } from "../../src/domain/address.ts";

const site = { url: "https://blog.example.com/", permalink: "/:slug/" };
const below = { url: "https://www.example.com/blog/", permalink: "/:slug/" };

test.each([
  ["https://blog.example.com/2019/05/hello/", "2019/05/hello"],
  ["http://www.blog.example.com/hello", "hello"],
  ["https://blog.example.com/hello/index.html", "hello"],
  ["https://blog.example.com/hello.html#top", "hello#top"],
  ["https://blog.example.com/hello/#", "hello"],
  ["https://blog.example.com/%E3%81%93/", "こ"],
  ["https://blog.example.com/100%/", "100%"],
  ["https://blog.example.com/?p=12&utm_source=feed", "?p=12"],
  ["https://blog.example.com/", ""],
  ["https://other.example/hello/", "//other.example/hello"],
  ["https://blog.example.com:8443/hello/", "//blog.example.com:8443/hello"],
])("the address of %s is %j", (url, address) => {
  expect(pageAddress(url, site)).toBe(address);
});

test("an address is below the site's folder, or begins with a slash", () => {
  expect(pageAddress("https://www.example.com/blog/hello/", below)).toBe("hello");
  expect(pageAddress("https://example.com/blog/", below)).toBe("");
  expect(pageAddress("https://example.com/blogging/", below)).toBe("/blogging");
});

test.each([
  ["/2019/hello/", "2019/hello"],
  ["https://blog.example.com/2019/hello/", "2019/hello"],
  ["https://other.example/hello", "//other.example/hello"],
  ["hello.html", "hello"],
  ["/hello/#v1", "hello#v1"],
  ["https://", "https:"],
])("%s names the address %j", (name, address) => {
  expect(parseAddress(name, site)).toBe(address);
});

test.each([
  ["/:slug/", "https://blog.example.com/ja/hello/", true],
  ["/posts/:slug", "https://blog.example.com/posts/ja/hello/", true],
  ["/posts/:slug/", "https://blog.example.com/ja/posts/hello/", true],
  ["/:year/:slug/", "https://blog.example.com/2019/ja/hello/", false],
  ["/posts/:slug/", "https://blog.example.com/ja/hello/", false],
  ["/:slug/", "https://other.example/ja/hello/", false],
])("with the permalink %s, %s is made of the slug alone: %s", (permalink, url, made) => {
  expect(isMadeOfSlug({ slug: "ja/hello", url }, { ...site, permalink })).toBe(made);
});

test("a permalink may repeat the folder of the site's URL", () => {
  const page = { slug: "hello", url: "https://www.example.com/blog/hello/" };
  expect(isMadeOfSlug(page, below)).toBe(true);
  expect(isMadeOfSlug(page, { ...below, permalink: "/blog/:slug/" })).toBe(true);
});

test("a page on another host is named by its URL", () => {
  expect(postPath({ address: "2019/hello", url: "https://blog.example.com/2019/hello/" })).toBe("2019/hello");
  expect(postPath({ address: "//other.example/hello", url: "https://other.example/hello" })).toBe(
    "https://other.example/hello",
  );
});
