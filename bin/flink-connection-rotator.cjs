#!/usr/bin/env node
"use strict";
// Old versions of Node must be able to read this file: it says which version is needed.

const { existsSync } = require("fs");
const { join } = require("path");
const { pathToFileURL } = require("url");
const { engines, name } = require("../package.json");

const program = join(__dirname, "../dist/cli/index.mjs");

/** A sentence about why the program cannot start; nothing if it can. */
function obstacle() {
  if (!existsSync(program))
    return "is not built, since npm ran without scripts. Run: npm rebuild && npm run build";
  const needed = engines.node.replace(">=", "");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.split(".").map(Number);
  const isOld = major < neededMajor || (major === neededMajor && minor < neededMinor);
  return isOld ? `needs Node ${needed} or newer, and this is Node ${process.versions.node}.` : undefined;
}

const reason = obstacle();
if (reason === undefined) void import(pathToFileURL(program).href);
else {
  console.error(`${name} ${reason}`);
  process.exitCode = 2;
}
