// Runs before the first paint, so that a chosen theme and language never flash.
(() => {
  const root = document.documentElement;
  const kept = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const theme = kept("ion.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = kept("ion.language") ?? navigator.language.slice(0, 2);
  if (language === "ko") root.lang = "ko";
})();
