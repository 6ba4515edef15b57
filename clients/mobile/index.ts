// The first thing that runs on a phone and in a browser.

import { registerRootComponent } from "expo";
import { createElement } from "react";

import { App } from "./src/app";
import { Ion } from "./src/core/ion";
import { thisPhone } from "./src/phone";

const ion = new Ion(thisPhone());

registerRootComponent(() => createElement(App, { ion }));
