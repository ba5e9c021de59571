import autocannon from 'autocannon';

/** Gets one address again and again: `route.ts URL CONNECTIONS MS`; prints `{rate, failed}`. */
const [url = '', connections = '', ms = ''] = process.argv.slice(2);
const result = await autocannon({ url, connections: Number(connections), duration: Number(ms) / 1_000 });
const seconds = (result.finish.getTime() - result.start.getTime()) / 1_000;
process.stdout.write(JSON.stringify({ rate: result['2xx'] / seconds, failed: result.non2xx + result.errors }));
