import { box } from '../api/box.ts';
import { formatMoney } from '../format/format.ts';
import { toHash } from '../router.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';
import { Failed, Loading } from './states.tsx';
import { StockText } from './stock-text.tsx';

export function SimilarProducts({ sku }: { sku: string }) {
  const similar = useResource(sku, async (signal) => ({ ...(await box.similar(sku, signal)), atMs: Date.now() }));
  return (
    <section>
      <h2>{t.product.similar}</h2>
      {similar.data === undefined && similar.loading && <Loading rows={3} />}
      {similar.data === undefined && similar.error !== undefined && (
        <Failed error={similar.error} retry={similar.reload} />
      )}
      {similar.data?.items.length === 0 && <p class="muted">{t.product.noSimilar}</p>}
      <ul class="similar">
        {similar.data?.items.slice(0, 6).map((item) => (
          <li key={item.sku}>
            <a href={toHash({ name: 'product', sku: item.sku })}>
              <span class="similar-name">{item.name}</span>
              <span class="sku">{item.sku}</span>
              <span class="similar-facts">
                <span>{item.price === null ? '' : formatMoney(item.price.unitPriceMinor, item.price.currency)}</span>
                <StockText stock={item.stock} receivedAtMs={similar.data?.atMs ?? 0} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
