/** The page that tests devices and connection before a call. */
import { mountTestPage } from "./test/view.js";

mountTestPage();
