import { box } from '../api/box.ts';
import { Refusal } from '../api/http.ts';
import type { Product } from '../api/types.ts';
import { AddToOrder } from '../components/add-to-order.tsx';
import { ForecastCard } from '../components/forecast-card.tsx';
import { PriceHistory, PriceTiers, Promotions } from '../components/product-prices.tsx';
import { SimilarProducts } from '../components/similar-products.tsx';
import { Banner, Empty, Failed, Loading } from '../components/states.tsx';
import { StockText } from '../components/stock-text.tsx';
import { formatAge, formatCount, formatMoney } from '../format/format.ts';
import { toHash } from '../router.ts';
import { now } from '../state/clock.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';

interface Received {
  readonly product: Product;
  readonly atMs: number;
}

export function ProductPage({ sku }: { sku: string }) {
  const found = useResource<Received>(sku, async (signal) => ({
    product: await box.product(sku, signal),
    atMs: Date.now(),
  }));
  if (found.data !== undefined) return <Details {...found.data} />;
  if (found.error instanceof Refusal && found.error.status === 404) {
    return (
      <Empty title={t.product.missing} detail={t.product.missingDetail(sku)}>
        <a class="button" href={toHash({ name: 'search', q: sku, category: '' })}>
          {t.quick.find(sku)}
        </a>
      </Empty>
    );
  }
  if (found.error !== undefined) return <Failed error={found.error} retry={found.reload} />;
  return <Loading />;
}

function Details({ product, atMs }: Received) {
  return (
    <article class="product">
      <nav class="crumbs" aria-label={t.search.category}>
        {product.category.map((name, index) => (
          <a
            key={name}
            href={toHash({ name: 'search', q: '', category: product.category.slice(0, index + 1).join(' / ') })}
          >
            {name}
          </a>
        ))}
      </nav>
      <div class="product-head">
        <div>
          <h1>{product.name}</h1>
          <p class="muted">
            <span class="sku">{product.sku}</span>
            {product.supersedes !== undefined && product.supersedes.length > 0 && (
              <>
                {' '}
                · {t.product.supersedes} {product.supersedes.join(', ')}
              </>
            )}
          </p>
        </div>
        <Buy product={product} atMs={atMs} />
      </div>
      {product.status !== 'active' && <NotSold product={product} />}
      <div class="product-body">
        <div class="product-column">
          <section>
            <h2>{t.product.description}</h2>
            <p class="prose">{product.description}</p>
          </section>
          <ForecastCard sku={product.sku} />
          <Attributes product={product} />
          <SimilarProducts sku={product.sku} />
        </div>
        <div class="product-column product-side">
          <StockCard product={product} atMs={atMs} />
          <PriceTiers product={product} />
          <Promotions product={product} />
          <PriceHistory product={product} />
        </div>
      </div>
    </article>
  );
}

function Buy({ product, atMs }: Received) {
  const { price } = product;
  return (
    <div class="product-buy">
      <div class="product-price">
        {price === null ? (
          <span class="muted">{t.product.noPriceDetail}</span>
        ) : (
          <>
            <strong>{formatMoney(price.unitPriceMinor, price.currency)}</strong>
            {price.unitPriceMinor !== price.listUnitPriceMinor && (
              <small class="muted">{t.product.list(formatMoney(price.listUnitPriceMinor, price.currency))}</small>
            )}
          </>
        )}
        <StockText stock={product.stock} receivedAtMs={atMs} />
      </div>
      <AddToOrder product={product} />
    </div>
  );
}

function NotSold({ product }: { product: Product }) {
  const title = product.status === 'discontinued' ? t.product.discontinued : t.product.blocked;
  return (
    <Banner tone="warn" title={title}>
      {product.supersededBy !== undefined && (
        <a href={toHash({ name: 'product', sku: product.supersededBy })}>{t.product.successor(product.supersededBy)}</a>
      )}
    </Banner>
  );
}

function Attributes({ product }: { product: Product }) {
  const { quantityRules: rules } = product;
  const facts: Array<readonly [string, string | undefined]> = [
    ...Object.entries(product.attributes ?? {}).map(([name, value]) => [capital(name), value] as const),
    [t.product.brand, product.brand],
    [
      t.product.ordered,
      t.product.rules(
        formatCount(rules.minimum),
        formatCount(rules.increment),
        rules.maximum === undefined ? undefined : formatCount(rules.maximum),
      ),
    ],
    [t.product.unit, t.units[product.unit] ?? product.unit],
    [t.product.weight, product.weightGrams === undefined ? undefined : weight(product.weightGrams)],
    [t.product.leadTime, product.leadTimeDays === undefined ? undefined : t.product.days(product.leadTimeDays)],
    [t.product.gtin, product.gtin],
  ];
  return (
    <section>
      <h2>{t.product.details}</h2>
      <dl class="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}

function StockCard({ product, atMs }: Received) {
  const { stock } = product;
  if (stock === null) return null;
  const age = formatAge(stock.ageMs + Math.max(0, now.value - atMs));
  return (
    <section class="card side-card">
      <h2>
        {t.product.stock} <small class="muted">{age}</small>
      </h2>
      <dl class="figures">
        <dt>{t.product.onHand}</dt>
        <dd>{formatCount(stock.onHand)}</dd>
        <dt>{t.product.reserved}</dt>
        <dd>{formatCount(stock.reserved)}</dd>
        <dt>{t.product.available}</dt>
        <dd>
          <strong>{formatCount(stock.available)}</strong>
        </dd>
        {stock.backordered > 0 && (
          <>
            <dt>{t.product.backordered}</dt>
            <dd>{formatCount(stock.backordered)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function weight(grams: number): string {
  return grams < 1_000 ? `${formatCount(grams)} g` : `${formatCount(grams / 1_000)} kg`;
}
