import { readdirSync } from "node:fs";
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

const FEATURES = readdirSync(new URL("src/features", import.meta.url));

/** A feature knows lib and components, never another feature. */
const walls = FEATURES.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: [...FEATURES.filter((other) => other !== feature).flatMap((other) => [`../${other}/*`, `../../${other}/*`, `**/features/${other}/*`]), "**/app/*"],
            message: "Features do not import each other; share through lib or components.",
          },
        ],
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ["dist", "node_modules", "src/generated", "public"] },
  js.configs.recommended,
  typescript.configs.strictTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] } } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/{app,components,features}/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Ask through lib/api." },
        { name: "WebSocket", message: "Sockets live in lib." },
        { name: "EventSource", message: "Sockets live in lib." },
      ],
    },
  },
  {
    files: ["src/{lib,components}/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["**/features/*", "**/app/*"], message: "lib and components stand below." }] }],
    },
  },
  ...walls,
  { files: ["tests/**"], rules: { "max-lines-per-function": "off" } },
);
