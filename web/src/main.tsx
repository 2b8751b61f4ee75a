import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./app/queries";
import { router } from "./app/router";
import { Themed } from "./app/theme";
import { prune } from "./draft/local";

try {
  // Whoever wrote them, and whichever page they open now.
  prune(localStorage, Date.now());
} catch {
  // A full storage is pruned of what has a time; a forbidden one keeps nothing.
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Themed>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Themed>
  </StrictMode>,
);
