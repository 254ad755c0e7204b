// What the package has as `crier/cdk`. An import that Node cannot resolve names no next step, so the peers of the
// package are found before its constructs are loaded: by `require`, because an app in CommonJS may require this file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const readManifest = (file) => JSON.parse(readFileSync(file, "utf8"));

const findVersion = (name) => {
  try {
    return readManifest(require.resolve(`${name}/package.json`)).version;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
};

const parse = (text) => text.replace("^", "").split(/[.-]/).map(Number);

/** True for a version within a range `^1.2.3`. */
const isWithin = (version, range) => {
  const [[major, minor, patch], lowest] = [parse(version), parse(range)];
  return major === lowest[0] && (minor > lowest[1] || (minor === lowest[1] && patch >= lowest[2]));
};

const checkPeers = () => {
  const peers = Object.entries(readManifest(require.resolve("../package.json")).peerDependencies);
  const wrong = peers.flatMap(([name, range]) => {
    const version = findVersion(name);
    if (version !== undefined && isWithin(version, range)) return [];
    return `${name} ${range} (${version === undefined ? "not installed" : `${version} is installed`})`;
  });
  if (wrong.length === 0) return;
  const names = peers.map(([name, range]) => `${name}@${parse(range)[0]}`);
  const error = new Error(`crier/cdk needs ${wrong.join(" and ")}: run npm install --save-dev ${names.join(" ")}`);
  // Nobody is to search Crier for the fault.
  error.stack = error.message;
  throw error;
};

checkPeers();
export const { Crier, CrierStack, crierApp } = require("./constructs.js");
