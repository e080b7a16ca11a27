/** Takes over a new report as soon as the server tells of one; places of the reader and of open details stay. */
export const liveScript = `
const events = new EventSource('/events');
let shown;
events.onmessage = async ({ data }) => {
  if (shown === undefined) { shown = data; return; }
  if (data === shown) return;
  shown = data;
  const text = await (await fetch('/')).text();
  const next = new DOMParser().parseFromString(text, 'text/html');
  const open = new Map([...document.querySelectorAll('details')].map((one) => [one.querySelector('summary').textContent, one.open]));
  for (const one of next.querySelectorAll('details')) one.open = open.get(one.querySelector('summary').textContent) ?? one.open;
  document.title = next.title;
  document.querySelector('main').replaceWith(document.adoptNode(next.querySelector('main')));
};
`;
