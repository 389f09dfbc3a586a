// What our pages add to Fava's frontend: the user's corner, and links that do not load all anew.
const corner = () => {
  const header = document.querySelector("header");
  const template = document.getElementById("ovop-user");
  if (!header || !template || header.querySelector(".ovop-user")) return;
  header.append(template.content.cloneNode(true));
  header.querySelector('.ovop-user select[name="language"]')
    ?.addEventListener("change", (event) => event.target.form.submit());
};
const links = () => {
  for (const link of document.querySelectorAll('aside a[href*="/ovop/"][data-remote]')) {
    link.removeAttribute("data-remote");
  }
};
corner();
links();
