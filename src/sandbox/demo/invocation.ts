/** True in a package that npm installed, false in a checkout. */
const isInstalled = /[\\/]node_modules[\\/]/.test(import.meta.dirname);

/** What to type to start the command line. */
export const COMMAND_LINE = isInstalled ? "npx flink-connection-rotator" : "npx .";

/** What to type to start the sandbox. */
export const START_SANDBOX = isInstalled ? `${COMMAND_LINE} sandbox` : "npm start -- --serve";
