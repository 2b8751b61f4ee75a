/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Nothing is inlined: `data:` URLs and inline scripts would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // The worker loads a library of its own only where the browser has no Ed25519.
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:8420" } },
  test: { environment: "node", include: ["tests/**/*.test.{ts,tsx}"] },
});
