import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/panel.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { Failure } from "./app/Failure.tsx";
import { LunaContext } from "./lib/context.ts";
import { Luna } from "./lib/luna.ts";
import { followAddress } from "./lib/route.ts";
import { followScreen } from "./lib/screen.ts";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no root");
}

const luna = new Luna();
luna.start();
followAddress();
followScreen();

createRoot(root).render(
  <StrictMode>
    <Failure>
      <LunaContext value={luna}>
        <App />
      </LunaContext>
    </Failure>
  </StrictMode>,
);
