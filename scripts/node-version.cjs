// Every script and the `crier` command ask here first: an older Node stops with a sentence, not with
// ERR_UNKNOWN_FILE_EXTENSION. CommonJS without new syntax, so that an old Node can read it.
const [major, minor] = process.versions.node.split(".").map(Number);

exports.isTooOld = major < 22 || (major === 22 && minor < 18);

/** `folder`: where Crier is installed, for whoever may be elsewhere. */
exports.advice = (folder) =>
  `Crier runs on Node 22.18 or newer and this is Node ${process.versions.node}: run \`npx npm@11 ci\`${folder === undefined ? "" : ` in ${folder}`} (npm 11 or newer brings the pinned Node 24 along; npm 10 does not link it), or install Node 24.\n`;
