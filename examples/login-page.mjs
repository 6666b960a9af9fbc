// A page that starts a login, shows its id, waits, and says who is in. It serves all the example sites.
export const loginPage = `<!doctype html>
<meta charset="utf-8">
<title>Log in with an agent</title>
<p><button>Log in with an agent</button></p>
<p role="status"></p>
<script type="module">
  const say = (text) => { document.querySelector('[role=status]').textContent = text; };
  document.querySelector('button').addEventListener('click', async () => {
    const begun = await fetch('/lime/login', { method: 'POST' });
    if (!begun.ok) return say('No login can be started now.');
    const { requestId } = await begun.json();
    const url = '/lime/login/' + encodeURIComponent(requestId);
    say('Give this id to your agent: ' + requestId);
    const states = new EventSource(url);
    states.addEventListener('message', async ({ data }) => {
      const { status } = JSON.parse(data);
      if (status === 'PENDING') return;
      states.close();
      if (status !== 'APPROVED') return say('No agent has logged in: ' + status);
      await fetch(url + '/session', { method: 'POST' });
      const me = await fetch('/me');
      say('Hello, ' + (await me.json()).agentId);
    });
  });
</script>
`;
