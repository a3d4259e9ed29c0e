import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { boroughs } from "./build/boroughs.ts";

/** Where a running gateway is, for `npm run dev`. */
const GATEWAY = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), boroughs()],
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false, chunkSizeWarningLimit: 600 },
  server: {
    proxy: {
      "/api": { target: GATEWAY, ws: true },
      "/ws": { target: GATEWAY, ws: true },
      "/avatars": { target: GATEWAY },
      "/registry": { target: GATEWAY },
    },
  },
  test: { environment: "jsdom", include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/settled.ts"], restoreMocks: true, sequence: { shuffle: true } },
});
