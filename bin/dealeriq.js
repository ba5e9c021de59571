#!/usr/bin/env -S node --max-semi-space-size=16
// Plain JavaScript that old versions of Node can read, so that they can say what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `DealerIQ Edge needs Node.js 22.18 or newer; this is ${process.versions.node}. ` +
      'Install a newer Node.js, or run it with `npm start` or `npx dealeriq` on Linux x64, which bring their own.\n',
  );
  process.exit(2);
}
const { runCli } = await import('../dist/cli.js');
await runCli(process.argv.slice(2));
