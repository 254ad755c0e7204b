import { createHash } from "node:crypto";

export const excerpt = (text, words) => text.split(/\s+/).slice(0, words).join(" ");

export const getDate = (_timeZone, date) => (date ? new Date(date) : new Date()).toISOString();

export const getDateTokenValues = (date) => {
  const [yyyy, MM, dd] = date.split(/[-T]/);
  return { yyyy, MM, dd };
};

export const isDate = (text) => /^\d{4}-\d\d/.test(text) && !Number.isNaN(Date.parse(text));

export const md5 = (text) => createHash("md5").update(text).digest("hex");

export const slugify = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");

export const supplant = (text, values) => text.replaceAll(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

export const getCanonicalUrl = (url, me) => new URL(url, me).href;

export const getObjectId = (id) => id;

export const getCursor = (collection, after, _before, limit) => collection.page(after, limit || 40);
