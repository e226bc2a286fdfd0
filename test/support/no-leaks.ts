import { afterEach } from "vitest";
import { expectNoLeaks } from "./leak-watch.ts";

afterEach(expectNoLeaks);
