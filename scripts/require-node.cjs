// The first line of defence of every npm script: an older Node stops here with a sentence, not with
// ERR_UNKNOWN_FILE_EXTENSION. CommonJS and old syntax, so that an old Node can read it.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.stderr.write(
    "Crier runs on Node 22.18 or newer and this is Node " +
      process.versions.node +
      ": run `npx npm@11 ci` (npm 11 or newer brings the pinned Node 24 along; npm 10 does not link it), or install Node 24.\n",
  );
  process.exit(1);
}
