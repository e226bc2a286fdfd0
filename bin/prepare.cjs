"use strict";
// Builds after `npm ci` and before `npm start` and `npx .`. If npm has run without scripts, the checkout's own Node is missing,
// and an old one cannot run the build. This script must not fail then, because npm would hide the launcher's message.

const { spawnSync } = require("child_process");

const [major] = process.versions.node.split(".").map(Number);
if (major >= 22)
  process.exitCode = spawnSync("npm run build --silent", { stdio: "inherit", shell: true }).status;
else console.error(`Not built, because Node ${process.versions.node} cannot run the build.`);
