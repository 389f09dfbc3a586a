// What our pages add to Fava's frontend: the user's corner, and links that do not load all anew.
const corner = () => {
  const header = document.querySelector("header");
  const template = document.getElementById("ovop-user");
  if (!header || !template || header.querySelector(".ovop-user")) return;
  header.append(template.content.cloneNode(true));
  header.querySelector('.ovop-user select[name="language"]')
    ?.addEventListener("change", (event) => event.target.form.submit());
};
// Links to the other book (closed months in sums, or every entry) load all anew.
const links = () => {
  for (const link of document.querySelectorAll('aside a[href*="/ovop/"][data-remote]')) {
    const book = link.pathname.slice(0, link.pathname.indexOf("/ovop/") + 1);
    if (location.pathname.startsWith(book)) link.removeAttribute("data-remote");
  }
};
// The note on the other book leads to the page that is being read, as it stands there.
const book = () => {
  const link = document.querySelector("header .ovop-book a");
  const home = link?.pathname;
  link?.addEventListener("click", () => {
    const page = location.pathname.split("/").slice(home.split("/").length - 1).join("/");
    link.href = home + page + location.search;
  });
};
corner();
links();
book();
