const { advice, isTooOld } = require("./node-version.cjs");

if (isTooOld) {
  process.stderr.write(advice());
  process.exit(1);
}
