// Before the first paint: the theme chosen last time, else the system's.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("luna.theme");
  } catch (error) {
    chosen = null;
  }
  var light = matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : light ? "light" : "dark";
})();
