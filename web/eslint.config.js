import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  globalIgnores(["dist", "src/api/schema.ts"]),
  { files: ["**/*.{ts,tsx}"], extends: [ts.configs.recommended] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [hooks.configs.flat.recommended],
    rules: {
      "no-console": "error",
      "no-eval": "error",
      "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "What a lab or a contractor wrote is shown as text." }],
      // Effects that ask the server end in a state; that is what they are for.
      "react-hooks/set-state-in-effect": "off",
    },
  },
  { files: ["dev/**/*.mjs", "public/*.js"], rules: { "no-undef": "off" } },
);
