/** True in a package that npm installed, false in a checkout. */
const isInstalled = /[\\/]node_modules[\\/]/.test(import.meta.dirname);

/** The command that starts the command line. */
export const COMMAND_LINE = isInstalled ? "npx flink-connection-rotator" : "npx .";

/** The command that starts the sandbox. */
export const START_SANDBOX = isInstalled ? `${COMMAND_LINE} sandbox` : "npm start -- --serve";
