// <read-keys list data-unread>: posts by single keys: j next, k previous, n the first unread, r answer, ? what they do.
// Nothing happens while somebody types or holds Ctrl, Alt or Meta; who speaks to their computer can switch it off.

const KEPT = "keys-off"; // on this device

class ReadKeys extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this);
    const button = this.querySelector("button[data-open]");
    button.addEventListener("click", () => this.#dialog.showModal());
    const use = this.querySelector("input[type=checkbox]");
    use.checked = !localStorage.getItem(KEPT);
    use.addEventListener("change", () => (use.checked ? localStorage.removeItem(KEPT) : localStorage.setItem(KEPT, "yes")));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  get #posts() {
    return [...document.querySelectorAll(`#${this.getAttribute("list")} article`)];
  }

  handleEvent(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || localStorage.getItem(KEPT)) return;
    if (this.#dialog.open || event.target.closest?.("input, textarea, select, [contenteditable], [role=listbox]")) return;
    const act = { j: () => this.#step(1), k: () => this.#step(-1), n: () => this.#unread(), r: () => this.#answer(), "?": () => this.#dialog.showModal() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // From the post that has the focus; without one, from the first that is to be seen.
  #step(by) {
    const posts = this.#posts;
    const here = posts.indexOf(document.activeElement?.closest?.("article"));
    const seen = posts.findIndex((post) => post.getBoundingClientRect().bottom > 0);
    const next = here >= 0 ? here + by : Math.max(seen, 0);
    if (posts[next]) show(posts[next]);
  }

  #unread() {
    const mark = document.getElementById("unread") || document.getElementById("new");
    const first = mark && this.#posts.find((post) => mark.compareDocumentPosition(post) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (first) show(first);
    else if (this.dataset.unread) location.assign(this.dataset.unread);
  }

  #answer() {
    const field = document.querySelector("#reply textarea[name=text]");
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  }
}

function show(post) {
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "start" });
}

customElements.define("read-keys", ReadKeys);
