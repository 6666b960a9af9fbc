// A fetch that remembers what was sent, and what came of it.
export function watch() {
  const requests = [];
  const answers = [];
  return {
    async fetch(url, init = {}) {
      requests.push({ url: String(url), headers: new Headers(init.headers), body: String(init.body ?? '') });
      const response = await fetch(url, init);
      if (response.headers.get('content-type')?.includes('json')) answers.push(await response.clone().text());
      return response;
    },
    /** The latest body that has this field. */
    body(field) {
      const texts = requests.map(({ body }) => body).filter((body) => body.includes(`"${field}"`));
      return JSON.parse(texts.at(-1));
    },
    /** The data of the latest answer that has this field. */
    answer(field) {
      return JSON.parse(answers.filter((text) => text.includes(`"${field}"`)).at(-1)).data;
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
