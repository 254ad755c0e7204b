import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A command of the CDK in a folder: it notes its arguments in `cdk.log`, prints what `cdk.out.txt` has, and ends with its
 * exit code. A deployment writes these outputs.
 */
export const aCdk = async (folder: string, outputs: Readonly<Record<string, string>>): Promise<void> => {
  const bin = join(folder, "node_modules/aws-cdk/bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(folder, "package.json"), "{}");
  await writeFile(join(folder, "cdk.json"), "{}");
  for (const name of ["aws-cdk", "aws-cdk-lib", "constructs"]) {
    await mkdir(join(folder, "node_modules", name), { recursive: true });
    await writeFile(join(folder, "node_modules", name, "package.json"), "{}");
  }
  await writeFile(
    join(bin, "cdk"),
    `const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const [verb, ...args] = process.argv.slice(2);
appendFileSync("cdk.log", [verb, ...args.filter((arg) => !arg.startsWith("/"))].join(" ") + "\\n");
console.log("this is the CDK");
if (existsSync("cdk.fails")) {
  console.error(readFileSync("cdk.fails", "utf8"));
  process.exit(1);
}
const file = args[args.indexOf("--outputs-file") + 1];
const stage = args[args.indexOf("-c") + 1]?.replace("stage=", "");
if (verb === "deploy") writeFileSync(file, JSON.stringify({ ["Crier-" + stage]: ${JSON.stringify(outputs)} }));
`,
  );
};

/** Makes the CDK fail with this output from now on. */
export const failWith = (folder: string, output: string): Promise<void> => writeFile(join(folder, "cdk.fails"), output);
