/** The pages before and after a meeting: times in the reader's own words, links to copy, and their time zone. */
import { mountCopyButtons } from "./ui/copy.js";
import { localiseTimes } from "./ui/local-times.js";
import { waitForOpening } from "./ui/opening.js";
import { chooseZone, tellZone } from "./ui/own-zone.js";

tellZone();
chooseZone();
localiseTimes();
waitForOpening();
mountCopyButtons();
