// Sets the colour scheme before the first paint, so that the page does not flash. Kept apart because inline scripts are not allowed.
(function () {
  var scheme = null;
  try {
    scheme = localStorage.getItem("cf.scheme");
  } catch (_) {
    scheme = null;
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = scheme === "auto" && matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
