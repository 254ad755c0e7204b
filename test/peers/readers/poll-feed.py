"""One poll with feedparser, as programs built on it do: poll-feed.py URL [ETAG MODIFIED].

Prints the status and, where there is something new, the validators and the entries, as JSON.
"""

import json
import sys

import feedparser

url, etag, modified = (sys.argv[1:] + ["", ""])[:3]
feed = feedparser.parse(url, etag=etag or None, modified=modified or None)
if feed.bozo:
    sys.exit(f"feedparser finds {url} ill-formed: {feed.bozo_exception!r}")
if feed.status not in (200, 304):
    sys.exit(f"{url} answered with {feed.status}")
entries = [
    {
        "id": entry.id,
        "title": entry.get("title", ""),
        "link": entry.link,
        "body": entry.content[0].value if "content" in entry else entry.get("summary", ""),
    }
    for entry in feed.entries
]
json.dump(
    {
        "status": feed.status,
        "etag": feed.get("etag", ""),
        "modified": feed.get("modified", ""),
        "entries": entries,
    },
    sys.stdout,
)
