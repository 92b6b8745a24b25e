// Makes a component of a filter: `node build.mjs FOLDER MAIN WIT BUNDLE COMPONENT`.

import { writeFile } from "node:fs/promises";
import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";

const [folder, main, wit, bundle, component] = process.argv.slice(2);

const contents = `
import filter from ${JSON.stringify(`./${main}`)};
import { exported } from "tidegate-sdk/guest";
const made = exported(filter);
export { made as filter };
`;
try {
  await build({
    stdin: { contents, resolveDir: folder, sourcefile: "tidegate-entry.ts" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    external: ["tidegate:*"],
    outfile: bundle,
    absWorkingDir: folder,
    logLevel: "warning",
  });
} catch {
  // esbuild has said what is wrong.
  process.exit(1);
}
const made = await componentize({
  sourcePath: bundle,
  witPath: wit,
  worldName: "filter-plugin",
  // What is left imports nothing but the contract.
  disableFeatures: ["stdio", "random", "clocks", "http", "fetch-event"],
});
await writeFile(component, made.component);
