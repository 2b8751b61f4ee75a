// Sets the colour scheme before the first paint, so that the page does not flash. Kept apart because inline scripts are not allowed.
(function () {
  var scheme = null;
  try {
    scheme = localStorage.getItem("cf.scheme");
  } catch (_) {
    scheme = null;
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
