// A fetch that remembers what was sent.
export function watch() {
  const requests = [];
  return {
    fetch(url, init = {}) {
      requests.push({ url: String(url), headers: new Headers(init.headers), body: String(init.body ?? '') });
      return fetch(url, init);
    },
    /** The latest body that has this field. */
    body(field) {
      const texts = requests.map(({ body }) => body).filter((body) => body.includes(`"${field}"`));
      return JSON.parse(texts.at(-1));
    },
    /** Each value of a header. */
    headers(name) {
      return requests.map(({ headers }) => headers.get(name)).filter((value) => value !== null);
    },
    /** All of it as one text. */
    sent() {
      return JSON.stringify(requests.map(({ url, headers, body }) => [url, [...headers], body]));
    },
  };
}
