import { writeFileSync } from "node:fs";
import { dashboardPicture } from "./dashboard.ts";
import { showRefusedKey } from "./refused-key.ts";
import { COLUMNS } from "./screen.ts";
import { textPicture } from "./svg.ts";

/** Draws the pictures of the documentation, from real runs against the sandbox and from the synthesized stack. */
const { terminal, mail } = await showRefusedKey();
writeFileSync(".github/terminal.svg", textPicture("A refused key, rotated by hand", terminal, COLUMNS));
writeFileSync(".github/alert.svg", textPicture("The alert of a refused key, as a mail", mail, COLUMNS));
writeFileSync(".github/dashboard.svg", dashboardPicture());
