import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `vite dev` talks to a box on its usual port; name another one with DEALERIQ_URL. */
const box = process.env.DEALERIQ_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  root: here('.'),
  plugins: [preact()],
  build: { outDir: here('../dist/app'), emptyOutDir: true, target: 'es2022', reportCompressedSize: true },
  server: { proxy: { '/v1': box } },
});
