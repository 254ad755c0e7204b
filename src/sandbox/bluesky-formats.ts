import { isHandle, isLanguage, isRecordKey, isTid } from "./bluesky-identifiers.ts";
import type { Formats } from "./schema-formats.ts";

const did = /^did:[a-z]+:[\w.:%-]*[\w.-]$/;
const nsid = /^[a-z](?:[a-z0-9-]{0,62})?(?:\.[a-z0-9](?:[a-z0-9-]{0,62})?)+\.[a-z][a-z0-9]{0,62}$/i;

const isIdentifier = (text: string): boolean => did.test(text) || isHandle(text);

const isAtUri = (text: string): boolean => {
  const [, repo = "", collection, rkey] = /^at:\/\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(text) ?? [];
  return (
    isIdentifier(repo) &&
    (collection === undefined || nsid.test(collection)) &&
    (rkey === undefined || isRecordKey(rkey))
  );
};

const isDatetime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

/** The string formats of lexicons (atproto.com/specs/lexicon, "String Formats"), by their names in the schema. */
export const lexiconFormats: Formats = {
  "atproto-at-identifier": isIdentifier,
  "atproto-at-uri": isAtUri,
  "atproto-cid": /^b[a-z2-7]{50,}$/,
  "atproto-datetime": isDatetime,
  "atproto-did": did,
  "atproto-handle": isHandle,
  "atproto-language": isLanguage,
  "atproto-nsid": nsid,
  "atproto-record-key": isRecordKey,
  "atproto-tid": isTid,
  "atproto-uri": /^\w+:(?:\/\/)?[^\s/]\S*$/,
};
